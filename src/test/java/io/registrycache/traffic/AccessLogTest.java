package io.registrycache.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.channel.local.LocalAddress;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.registrycache.config.Upstream;
import io.registrycache.config.Upstreams;
import io.registrycache.request.RegistryRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessLogTest {

    private static final ZonedDateTime NOON = ZonedDateTime.parse("2026-03-01T12:00:00.123456Z");
    private static final Upstreams UPSTREAMS =
            new Upstreams(List.of(Upstream.of("test", "ghcr.io", "", List.of(), Map.of())));
    private static final String MANIFEST = "/v2/ghcr.io/my/image/manifests/1";

    private static Transfer transfer(String target, String agent, SocketAddress client) {
        DefaultHttpHeaders headers = new DefaultHttpHeaders(false);
        headers.set("User-Agent", agent);
        DefaultHttpRequest asked = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/", headers);
        // Unlike the constructor, this accepts each character, as decoders of other versions do.
        asked.setUri(target);
        return new Transfer(asked, client);
    }

    private static SocketAddress client(String address) throws Exception {
        return new InetSocketAddress(InetAddress.getByName(address), 1234);
    }

    private static Transfer served() throws Exception {
        Transfer transfer = transfer(MANIFEST, "docker/29", client("192.0.2.7"));
        transfer.asks(RegistryRequest.of("GET", MANIFEST, UPSTREAMS));
        transfer.answers(Transfer.Source.STORAGE, 200, 700);
        transfer.sends(700);
        transfer.ends(true);
        return transfer;
    }

    private static JsonNode json(Transfer transfer) throws Exception {
        return new ObjectMapper().readTree(AccessLog.json(transfer, NOON));
    }

    @Test
    void shouldWriteTheCombinedFormatWithUpstreamTimeAndOutcomeBehindIt() throws Exception {
        assertThat(AccessLog.combined(served(), NOON))
                .matches("192\\.0\\.2\\.7 - - \\[01/Mar/2026:12:00:00 \\+0000] \"GET " + MANIFEST
                        + " HTTP/1\\.1\" 200 700 \"-\" \"docker/29\" ghcr\\.io [0-9]+ tag");
    }

    @Test
    void shouldWriteAnObjectOfJson() throws Exception {
        JsonNode line = json(served());

        assertThat(line.path("time").asText()).isEqualTo("2026-03-01T12:00:00.123Z");
        assertThat(line.path("client").asText()).isEqualTo("192.0.2.7");
        assertThat(line.path("path").asText()).isEqualTo(MANIFEST);
        assertThat(line.path("upstream").asText()).isEqualTo("ghcr.io");
        assertThat(line.path("status").asInt()).isEqualTo(200);
        assertThat(line.path("bytes").asLong()).isEqualTo(700);
        assertThat(line.path("complete").asBoolean()).isTrue();
        assertThat(line.path("cache").asText()).isEqualTo("tag");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\" 200 0 \"-\" \"forged\"",
                "line\nbreak\r\nand more",
                "\u001b[2J\u001b]0;title\u0007",
                "\u009b31m\u202egnp.exe\u2028",
                "back\\slash",
                "null\u0000byte \u007f",
                "\ud83d lone surrogate"
            })
    void shouldEscapeHostileText(String hostile) throws Exception {
        Transfer transfer = transfer("/v2/" + hostile, hostile, client("192.0.2.7"));

        String combined = AccessLog.combined(transfer, NOON);
        assertThat(combined).matches("[ -~]+");
        // Request line, referrer and agent: each quote that is not one of theirs is escaped.
        assertThat(combined.replaceAll("\\\\.", "").chars().filter(each -> each == '"'))
                .hasSize(6);
        assertThat(AccessLog.json(transfer, NOON)).matches("[ -~]+");
        assertThat(json(transfer).path("agent").asText()).isEqualTo(hostile);
        assertThat(json(transfer).path("path").asText()).isEqualTo("/v2/" + hostile);
    }

    @Test
    void shouldWriteARequestWithoutAnAnswer() throws Exception {
        Transfer transfer = transfer("/", "curl", client("2001:db8::1"));
        transfer.ends(false);

        assertThat(AccessLog.combined(transfer, NOON))
                .startsWith("2001:db8:0:0:0:0:0:1 - - ")
                .matches(".*\" 0 0 \"-\" \"curl\" - [0-9]+ here");
        assertThat(json(transfer).path("complete").asBoolean()).isFalse();
    }

    @Test
    void shouldWriteADashForAClientWithoutAnAddress() throws Exception {
        assertThat(AccessLog.combined(transfer("/", "curl", new LocalAddress("test")), NOON))
                .startsWith("- - - ");
        assertThat(AccessLog.combined(transfer("/", "curl", InetSocketAddress.createUnresolved("evil\nhost", 1)), NOON))
                .startsWith("- - - ");
    }
}
