package io.registrycache.surface;

import java.util.List;

/**
 * The result of a row.
 *
 * @param summary the status, and the error's code
 * @param wrong expectations that were not met
 */
public record Outcome(String summary, List<String> wrong) {

    public Outcome {
        wrong = List.copyOf(wrong);
    }

    /** The cell of a table. */
    public String cell() {
        return wrong.isEmpty() ? summary : summary + " ✗ " + String.join("; ", wrong);
    }
}
