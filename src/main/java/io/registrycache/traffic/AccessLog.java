package io.registrycache.traffic;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.registrycache.config.AccessLogFormat;
import io.registrycache.config.Upstream;
import io.registrycache.request.RegistryRequest;
import java.net.InetSocketAddress;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes a line for each request when its answer is out. What a client sent is escaped. */
public final class AccessLog implements TransferObserver {

    private static final Logger LOG = LoggerFactory.getLogger("access");
    private static final DateTimeFormatter COMBINED_TIME =
            DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ENGLISH);

    private final AccessLogFormat format;

    public AccessLog(AccessLogFormat format) {
        this.format = format;
    }

    @Override
    public void began(Transfer transfer) {
        // There is nothing to tell yet.
    }

    @Override
    public void ended(Transfer transfer) {
        switch (format) {
            case COMBINED -> LOG.info("{}", combined(transfer, ZonedDateTime.now(ZoneOffset.UTC)));
            case JSON -> LOG.info("{}", json(transfer, ZonedDateTime.now(ZoneOffset.UTC)));
        }
    }

    static String combined(Transfer transfer, ZonedDateTime now) {
        HttpRequest asked = transfer.asked();
        return client(transfer) + " - - [" + COMBINED_TIME.format(now) + "] \""
                + escaped(asked.method() + " " + asked.uri() + " " + asked.protocolVersion()) + "\" "
                + transfer.status() + " " + transfer.sent() + " \"" + header(asked, HttpHeaderNames.REFERER) + "\" \""
                + header(asked, HttpHeaderNames.USER_AGENT) + "\" " + upstream(transfer) + " " + millis(transfer) + " "
                + outcome(transfer);
    }

    static String json(Transfer transfer, ZonedDateTime now) {
        HttpRequest asked = transfer.asked();
        return "{\"time\":\"" + now.truncatedTo(ChronoUnit.MILLIS).toInstant() + "\",\"client\":\"" + client(transfer)
                + "\",\"method\":\"" + escaped(asked.method().name()) + "\",\"path\":\"" + escaped(asked.uri())
                + "\",\"upstream\":\"" + upstream(transfer) + "\",\"status\":" + transfer.status() + ",\"bytes\":"
                + transfer.sent() + ",\"millis\":" + millis(transfer) + ",\"complete\":" + transfer.isComplete()
                + ",\"cache\":\"" + outcome(transfer) + "\",\"agent\":\""
                + header(asked, HttpHeaderNames.USER_AGENT) + "\"}";
    }

    private static String client(Transfer transfer) {
        return transfer.client() instanceof InetSocketAddress address && address.getAddress() != null
                ? address.getAddress().getHostAddress()
                : "-";
    }

    private static String upstream(Transfer transfer) {
        return transfer.request()
                .map(RegistryRequest::upstream)
                .map(Upstream::name)
                .orElse("-");
    }

    private static long millis(Transfer transfer) {
        return transfer.nanos() / 1_000_000;
    }

    private static String outcome(Transfer transfer) {
        return transfer.outcome().name().toLowerCase(Locale.ROOT);
    }

    private static String header(HttpRequest asked, CharSequence name) {
        return escaped(Optional.ofNullable(asked.headers().get(name)).orElse("-"));
    }

    /** As JSON has it, and with what is not ASCII as an escape, so that no terminal is steered either. */
    private static String escaped(String hostile) {
        StringBuilder safe = new StringBuilder(hostile.length());
        for (char each : JsonStringEncoder.getInstance().quoteAsString(hostile)) {
            if (each < 0x7f) {
                safe.append(each);
            } else {
                safe.append(String.format(Locale.ROOT, "\\u%04x", (int) each));
            }
        }
        return safe.toString();
    }
}
