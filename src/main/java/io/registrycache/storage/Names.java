package io.registrycache.storage;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The names of a list in any order, as bytes: a hundred thousand take a megabyte or two, in place of seven as strings. A
 * page of them is selected in one pass, which sorts no more names than the page has.
 */
public final class Names {

    private static final byte END = '\n';

    /** Each name with a line feed behind it. */
    private final byte[] joined;

    private final int count;

    private Names(byte[] joined, int count) {
        this.joined = joined;
        this.count = count;
    }

    public int count() {
        return count;
    }

    /** In bytes of memory. */
    public int size() {
        return joined.length;
    }

    public boolean contains(String name) {
        byte[] wanted = bytes(name);
        for (int from = 0, end; from < joined.length; from = end + 1) {
            end = end(from);
            if (Arrays.equals(joined, from, end, wanted, 0, wanted.length)) {
                return true;
            }
        }
        return false;
    }

    /** All names as they were added. */
    public List<String> all() {
        List<String> all = new ArrayList<>(count);
        for (int from = 0, end; from < joined.length; from = end + 1) {
            end = end(from);
            all.add(string(from, end));
        }
        return all;
    }

    /**
     * A page in the order of the names.
     *
     * @param after the name after which it begins, or nothing
     * @param most so many at most
     */
    public List<String> page(String after, int most) {
        byte[] low = bytes(after);
        byte[] high = null;
        List<String> first = new ArrayList<>();
        for (int from = 0, end; from < joined.length && most > 0; from = end + 1) {
            end = end(from);
            if (isAfter(from, end, low) && (high == null || !isAfter(from, end, high))) {
                first.add(string(from, end));
                if (first.size() >= 2L * most) {
                    cut(first, most);
                    high = bytes(first.get(most - 1));
                }
            }
        }
        cut(first, most);
        return first;
    }

    private static void cut(List<String> names, int most) {
        names.sort(null);
        if (names.size() > most) {
            names.subList(most, names.size()).clear();
        }
    }

    private boolean isAfter(int from, int end, byte[] name) {
        return Arrays.compareUnsigned(joined, from, end, name, 0, name.length) > 0;
    }

    private int end(int from) {
        int end = from;
        while (joined[end] != END) {
            end++;
        }
        return end;
    }

    private String string(int from, int end) {
        return new String(joined, from, end - from, StandardCharsets.US_ASCII);
    }

    private static byte[] bytes(String name) {
        return name.getBytes(StandardCharsets.UTF_8);
    }

    /** Collects names one by one. */
    public static final class Builder {

        private final ByteArrayOutputStream joined = new ByteArrayOutputStream(512);
        private int count;

        /** Adds a name, unless it has characters that tags and repositories never have. */
        public void add(String name) {
            byte[] bytes = bytes(name);
            for (byte each : bytes) {
                if (each <= ' ') {
                    return;
                }
            }
            joined.write(bytes, 0, bytes.length);
            joined.write(END);
            count++;
        }

        public Names build() {
            return new Names(joined.toByteArray(), count);
        }
    }
}
