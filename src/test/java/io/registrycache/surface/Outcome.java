package io.registrycache.surface;

import java.util.List;

/**
 * What came of a row.
 *
 * @param summary the status, and the error's code
 * @param wrong what should have been and was not
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
