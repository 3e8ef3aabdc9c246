package io.registrycache.relay;

import io.netty.util.AsciiString;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The Date header, which is written again each second and not for each response. */
final class HttpDate {

    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
            .withZone(ZoneOffset.UTC);

    private record Written(long second, AsciiString text) {}

    private volatile Written written = new Written(0, AsciiString.EMPTY_STRING);

    CharSequence now() {
        long millis = System.currentTimeMillis();
        Written last = written;
        if (last.second() != millis / 1000) {
            last = new Written(millis / 1000, new AsciiString(FORMAT.format(Instant.ofEpochMilli(millis))));
            written = last;
        }
        return last.text();
    }
}
