package io.registrycache.relay;

import io.netty.handler.codec.DateFormatter;
import io.netty.util.AsciiString;
import java.util.Date;

/** The Date header, which is written again each second and not for each response. */
final class HttpDate {

    private record Written(long second, AsciiString text) {}

    private volatile Written written = new Written(0, AsciiString.EMPTY_STRING);

    @SuppressWarnings("JavaUtilDate") // Netty's format takes nothing else.
    CharSequence now() {
        long millis = System.currentTimeMillis();
        Written last = written;
        if (last.second() != millis / 1000) {
            last = new Written(millis / 1000, new AsciiString(DateFormatter.format(new Date(millis))));
            written = last;
        }
        return last.text();
    }
}
