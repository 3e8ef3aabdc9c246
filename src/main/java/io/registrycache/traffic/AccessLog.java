package io.registrycache.traffic;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.registrycache.config.AccessLogFormat;
import io.registrycache.config.Upstream;
import io.registrycache.request.RegistryRequest;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes a line for each request when its answer is sent. Text of a client is escaped. */
public final class AccessLog implements TransferObserver {

    private static final Logger LOG = LoggerFactory.getLogger("access");
    private static final JsonFactory JSON = new JsonFactory();
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
        return client(transfer) + " - - [" + COMBINED_TIME.format(now) + "] "
                + quoted(asked.method() + " " + asked.uri() + " " + asked.protocolVersion()) + " "
                + transfer.status() + " " + transfer.sent() + " " + quoted(header(asked, HttpHeaderNames.REFERER)) + " "
                + quoted(header(asked, HttpHeaderNames.USER_AGENT)) + " " + upstream(transfer) + " "
                + millis(transfer) + " " + outcome(transfer);
    }

    static String json(Transfer transfer, ZonedDateTime now) {
        HttpRequest asked = transfer.asked();
        return written(line -> {
            line.writeStartObject();
            line.writeStringField(
                    "time", now.truncatedTo(ChronoUnit.MILLIS).toInstant().toString());
            line.writeStringField("client", client(transfer));
            line.writeStringField("method", asked.method().name());
            line.writeStringField("path", asked.uri());
            line.writeStringField("upstream", upstream(transfer));
            line.writeNumberField("status", transfer.status());
            line.writeNumberField("bytes", transfer.sent());
            line.writeNumberField("millis", millis(transfer));
            line.writeBooleanField("complete", transfer.isComplete());
            line.writeStringField("cache", outcome(transfer));
            line.writeStringField("agent", header(asked, HttpHeaderNames.USER_AGENT));
            line.writeEndObject();
        });
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
        return Optional.ofNullable(asked.headers().get(name)).orElse("-");
    }

    private static String quoted(String hostile) {
        return written(text -> text.writeString(hostile));
    }

    private interface Text {
        void writeTo(JsonGenerator json) throws IOException;
    }

    /** As in JSON, with an escape for each character that is not printable ASCII, so that the text cannot control a terminal. */
    private static String written(Text text) {
        StringWriter written = new StringWriter(256);
        try (JsonGenerator json = JSON.createGenerator(written)) {
            json.setHighestNonEscapedChar('~');
            text.writeTo(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return written.toString();
    }
}
