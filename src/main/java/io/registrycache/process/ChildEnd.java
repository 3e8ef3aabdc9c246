package io.registrycache.process;

/**
 * How a launch of a child ended.
 *
 * @param why how its program ended, and its last output; empty if it was let go
 * @param isOfStorage whether the program's last words blame its storage
 */
record ChildEnd(String why, boolean isOfStorage) {

    static ChildEnd because(String why) {
        return new ChildEnd(why, false);
    }
}
