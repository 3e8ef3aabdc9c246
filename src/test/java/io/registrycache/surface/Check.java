package io.registrycache.surface;

import io.registrycache.rig.HttpReply;
import java.util.Arrays;
import java.util.function.Predicate;

/**
 * Something that must be true of an answer.
 *
 * @param what in few words, for the cell of a table
 */
record Check(String what, Predicate<HttpReply> holds) {

    static Check status(int status) {
        return new Check("status " + status, reply -> reply.status() == status);
    }

    static Check code(String code) {
        return new Check(code, reply -> reply.text().startsWith("{\"errors\":[{\"code\":\"" + code + "\""));
    }

    static Check header(String name, String value) {
        return new Check(
                name + ": " + value, reply -> reply.header(name).orElse("").equals(value));
    }

    static Check headerLike(String name, String regex) {
        return new Check(name, reply -> reply.header(name).orElse("").matches(regex));
    }

    static Check no(String name) {
        return new Check("no " + name, reply -> reply.header(name).isEmpty());
    }

    static Check body(byte[] body) {
        return new Check("the body", reply -> Arrays.equals(reply.body(), body));
    }

    static Check text(String regex) {
        return new Check("the body", reply -> reply.text().strip().matches(regex));
    }

    /** The checks of every answer. */
    static Check sound() {
        return new Check("a right Content-Length", reply -> {
            boolean mayLackBody = reply.status() == 304;
            return mayLackBody
                    || reply.header("Content-Length").orElse("").equals(Integer.toString(reply.body().length));
        });
    }
}
