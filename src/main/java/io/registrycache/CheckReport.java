package io.registrycache;

import io.registrycache.config.ConfigException;
import java.io.PrintStream;

/** Prints the findings of a check. */
final class CheckReport {

    private final PrintStream out;
    private int problems;

    CheckReport(PrintStream out) {
        this.out = out;
    }

    void fact(String name, String value) {
        print(name, value);
    }

    void ok(String text) {
        print("ok", text);
    }

    void note(String text) {
        print("note", text);
    }

    void problem(String text, String fix) {
        problems++;
        print("PROBLEM", text);
        print("", fix);
    }

    void problem(ConfigException mistake) {
        problem(String.valueOf(mistake.getMessage()));
    }

    /** A mistake whose sentence ends with its fix. */
    void problem(String message) {
        int fix = message.lastIndexOf("; ");
        if (fix < 0) {
            problem(message, "see --help");
        } else {
            problem(message.substring(0, fix), message.substring(fix + 2));
        }
    }

    /** Prints the sum, and returns the exit code. */
    int end() {
        out.println(problems == 0 ? "no problems" : problems == 1 ? "1 problem" : problems + " problems");
        out.flush();
        return problems == 0 ? 0 : 2;
    }

    private void print(String column, String text) {
        out.printf("%-11s %s%n", column, text);
    }
}
