package io.registrycache.request;

/** A child went away, or took too long, before it began to answer: another one may answer instead. */
public final class ChildUnanswered extends Exception {

    public ChildUnanswered(String why) {
        super(why, null, false, false);
    }
}
