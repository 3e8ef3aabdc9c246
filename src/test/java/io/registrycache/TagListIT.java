package io.registrycache;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import io.registrycache.rig.CacheProcess;
import io.registrycache.rig.ConfigElement;
import io.registrycache.rig.HttpProbe;
import io.registrycache.rig.HttpReply;
import io.registrycache.rig.LyingUpstream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tag lists of upstreams that page in different ways. */
class TagListIT {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Pattern NEXT = Pattern.compile("<([^>]+)>; rel=\"next\"");
    private static final AtomicInteger NAMES = new AtomicInteger();

    private static LyingUpstream upstream;
    private static CacheProcess cache;

    /** In the order of their age, as some registries list them. */
    private static final List<String> TAGS = shuffled();

    private final String name = "my/image" + NAMES.incrementAndGet();

    /** How an upstream leads to the next page. */
    enum Paging {
        /** Like version 2 of the official registry. */
        NEVER,
        LAST_TAG,
        LAST_TAG_ABSOLUTE,
        LAST_TAG_BY_AGE,
        TOKEN
    }

    @BeforeAll
    static void start() throws IOException {
        upstream = LyingUpstream.open();
        cache = CacheProcess.builder()
                .upstreams(ConfigElement.of("up.example", upstream.url()))
                .start();
    }

    @AfterAll
    static void stop() {
        cache.stop();
        cache.assertNoLeak();
        cache.close();
        upstream.close();
    }

    private static List<String> shuffled() {
        List<String> tags =
                new ArrayList<>(IntStream.range(0, 250).mapToObj(i -> "v1." + i).toList());
        Collections.shuffle(tags, new Random(1));
        return tags;
    }

    private static void list(HttpExchange exchange, Paging paging) throws IOException {
        Map<String, String> query = new HashMap<>();
        String text = exchange.getRequestURI().getQuery();
        for (String each : text == null ? new String[0] : text.split("&")) {
            query.put(each.substring(0, each.indexOf('=')), each.substring(each.indexOf('=') + 1));
        }
        boolean byName = paging == Paging.LAST_TAG || paging == Paging.LAST_TAG_ABSOLUTE;
        List<String> all = byName ? TAGS.stream().sorted().toList() : TAGS;
        if (paging == Paging.NEVER) {
            send(exchange, all);
            return;
        }
        String last = query.getOrDefault(paging == Paging.TOKEN ? "next_page" : "last", "")
                .replace("=token", "");
        int from = all.indexOf(last) + 1;
        int size = Math.min(100, Integer.parseInt(query.getOrDefault("n", "100")));
        int to = Math.min(all.size(), from + size);
        if (to < all.size()) {
            String path = exchange.getRequestURI().getPath();
            String end = all.get(to - 1);
            String next = paging == Paging.TOKEN ? "next_page=" + end + "%3Dtoken" : "last=" + end;
            String host = paging == Paging.LAST_TAG_ABSOLUTE ? "https://elsewhere.example" : "";
            exchange.getResponseHeaders()
                    .set("Link", "<" + host + path + "?" + next + "&n=" + size + ">; rel=\"next\"");
        }
        send(exchange, all.subList(from, to));
    }

    private static void send(HttpExchange exchange, List<String> tags) throws IOException {
        byte[] body = JSON.writeValueAsBytes(Map.of("name", "any", "tags", tags));
        LyingUpstream.send(exchange, 200, "application/json", body);
    }

    private static HttpReply ask(String target) throws IOException {
        try (HttpProbe probe = HttpProbe.connect(cache.endpoint())) {
            probe.get(target);
            return probe.receive();
        }
    }

    private static List<String> tags(HttpReply reply) throws IOException {
        assertThat(reply.status()).isEqualTo(200);
        List<String> tags = new ArrayList<>();
        JSON.readTree(reply.body()).path("tags").forEach(tag -> tags.add(tag.asText()));
        return tags;
    }

    /** Follows the links to the end. */
    private static List<String> follow(String first, int largest) throws IOException {
        List<String> all = new ArrayList<>();
        for (String target = first; !target.isEmpty(); ) {
            HttpReply reply = ask(target);
            List<String> page = tags(reply);
            assertThat(page).hasSizeBetween(1, largest);
            all.addAll(page);
            Matcher next = NEXT.matcher(reply.header("Link").orElse(""));
            target = next.matches() ? next.group(1) : "";
        }
        return all;
    }

    @ParameterizedTest
    @EnumSource
    void shouldGiveEachTagOncePageByPage(Paging paging) throws IOException {
        upstream.behave(exchange -> list(exchange, paging));
        boolean byAge = paging == Paging.LAST_TAG_BY_AGE || paging == Paging.TOKEN;
        List<String> expected = byAge ? TAGS : TAGS.stream().sorted().toList();

        assertThat(follow("/v2/up.example/" + name + "/tags/list?n=40", 40)).isEqualTo(expected);
        assertThat(follow("/up.example/v2/" + name + "/tags/list?n=7", 7)).isEqualTo(expected);
        assertThat(follow("/v2/" + name + "/tags/list?ns=up.example", 250)).isEqualTo(expected);
    }

    @Test
    void shouldAskForOnePageIfTheUpstreamPages() throws IOException {
        upstream.behave(exchange -> list(exchange, Paging.LAST_TAG));

        assertThat(tags(ask("/v2/up.example/" + name + "/tags/list?n=3&last=v1.10")))
                .containsExactly("v1.100", "v1.101", "v1.102");

        assertThat(upstream.requests()).isOne();
    }

    @Test
    void shouldAskOnceForAllPagesIfItDoesNot() throws IOException {
        upstream.behave(exchange -> list(exchange, Paging.NEVER));

        assertThat(follow("/v2/up.example/" + name + "/tags/list?n=10", 10)).hasSize(250);
        assertThat(upstream.requests()).isOne();

        // Whoever begins again wants to know what there is now.
        ask("/v2/up.example/" + name + "/tags/list?n=10");
        assertThat(upstream.requests()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "{\"tags\":[1]}", "{\"tags\":[\"a\"]} {", "not JSON"})
    void shouldRefuseWhatIsNotAListOfTags(String body) throws IOException {
        upstream.behave(exchange ->
                LyingUpstream.send(exchange, 200, "application/json", body.getBytes(StandardCharsets.UTF_8)));

        HttpReply reply = ask("/v2/up.example/" + name + "/tags/list");

        assertThat(reply.status()).isEqualTo(502);
        assertThat(reply.text()).contains("up.example", "list of tags");
    }

    @Test
    void shouldNotFollowALinkThatLeadsElsewhere() throws IOException {
        upstream.behave(exchange -> {
            exchange.getResponseHeaders().set("Link", "</v2/secret/vault/manifests/1?n=1>; rel=\"next\"");
            send(exchange, TAGS);
        });

        assertThat(ask("/v2/up.example/" + name + "/tags/list").status()).isEqualTo(502);
    }

    @Test
    void shouldAnswerAsTheUpstreamRefuses() throws IOException {
        for (int status : List.of(401, 403, 404, 429)) {
            upstream.behave(exchange -> LyingUpstream.send(exchange, status, "application/json", new byte[0]));

            assertThat(ask("/v2/up.example/" + name + status + "/tags/list").status())
                    .isEqualTo(status);
        }
    }
}
