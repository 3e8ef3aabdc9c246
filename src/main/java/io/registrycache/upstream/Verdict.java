package io.registrycache.upstream;

/** Whether pulls from an upstream would work, in sentences without secrets. */
public sealed interface Verdict {

    /**
     * They would.
     *
     * @param remark on the answer, or nothing
     */
    record Fine(String remark) implements Verdict {}

    /**
     * They would not.
     *
     * @param fix that an operator can try
     */
    record Problem(String text, String fix) implements Verdict {}
}
