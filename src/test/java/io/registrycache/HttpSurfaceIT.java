package io.registrycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.registrycache.rig.Blob;
import io.registrycache.rig.CacheProcess;
import io.registrycache.rig.ChildEndpoint;
import io.registrycache.rig.ConfigElement;
import io.registrycache.rig.Credentials;
import io.registrycache.rig.HttpProbe;
import io.registrycache.rig.HttpReply;
import io.registrycache.rig.Ports;
import io.registrycache.rig.SickUpstream;
import io.registrycache.rig.TokenGate;
import io.registrycache.rig.UpstreamRegistry;
import io.registrycache.surface.Blobs;
import io.registrycache.surface.Lists;
import io.registrycache.surface.Manifests;
import io.registrycache.surface.Names;
import io.registrycache.surface.Outcome;
import io.registrycache.surface.Refusals;
import io.registrycache.surface.Row;
import io.registrycache.surface.Shelf;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The HTTP surface, row by row. Each row is asked of a child registry directly, too, and the table of both is printed:
 * it shows where the cache is better than the child behind it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpSurfaceIT {

    HttpSurfaceIT() throws IOException {}

    private final UpstreamRegistry hub = UpstreamRegistry.open();
    private final UpstreamRegistry ghcr = UpstreamRegistry.open();
    private final TokenGate closed = TokenGate.before(ghcr);
    private final TokenGate mistrusting = TokenGate.before(ghcr);
    private final SickUpstream limiting = SickUpstream.answering(429, Ports.free());
    private final SickUpstream failing = SickUpstream.answering(500, Ports.free());
    private final CacheProcess cache = CacheProcess.builder()
            .upstreams(
                    hub.configElement("registry-1.docker.io"),
                    ghcr.configElement("ghcr.io"),
                    ConfigElement.of(Refusals.PRIVATE, closed.url()),
                    ConfigElement.of(Refusals.MISTRUSTING, mistrusting.url(), new Credentials("puller", "wrong")),
                    ConfigElement.of(Refusals.LIMITING, limiting.url()),
                    ConfigElement.of(Refusals.FAILING, failing.url()),
                    ConfigElement.of(Refusals.DOWN, "http://127.0.0.1:" + Ports.free()))
            .start();
    private final Map<String, String> children = new TreeMap<>();
    private final List<String> table =
            new ArrayList<>(List.of("| case | request | here | child |", "| --- | --- | --- | --- |"));
    private Shelf shelf;

    @BeforeAll
    void fill() throws IOException {
        shelf = Shelf.fill(hub, ghcr);
        Map.of("docker.io", "registry-1.docker.io", "ghcr.io", "ghcr.io")
                .forEach((shown, name) -> awaitChild(shown, name));
        List.of(Refusals.PRIVATE, Refusals.MISTRUSTING, Refusals.LIMITING, Refusals.FAILING)
                .forEach(name -> awaitChild(name, name));
        // Content of range requests must be cached, and a repository is listed if a blob of it is.
        for (String name : List.of("docker.io/copied", "my/image", "many/platforms")) {
            pull("/v2/ghcr.io/" + name, shelf.image().layers().get(0));
        }
        pull("/v2/ghcr.io/my/chart", Shelf.EMPTY);
        pull("/v2/debian", shelf.debian().config());
        cache.awaitCached("ghcr.io", shelf.image().layers().get(0), Shelf.EMPTY);
        await().until(() -> ask("/v2/_catalog").text().contains("ghcr.io/my/chart"));
        await().until(() -> ask("/v2/_catalog").text().contains("library/debian"));
    }

    private void awaitChild(String shown, String name) {
        await().ignoreExceptions().untilAsserted(() -> children.put(shown, ChildEndpoint.of(cache, name)));
    }

    @AfterAll
    void stop() {
        table.forEach(System.out::println);
        cache.stop();
        cache.assertNoLeak();
        cache.close();
        closed.close();
        mistrusting.close();
        limiting.close();
        failing.close();
        hub.close();
        ghcr.close();
    }

    private HttpReply ask(String path) throws IOException {
        try (HttpProbe probe = HttpProbe.connect(cache.endpoint())) {
            probe.get(path);
            return probe.receive();
        }
    }

    private void pull(String repository, Blob blob) throws IOException {
        assertThat(ask(repository + "/blobs/" + blob.digest()).status()).isEqualTo(200);
    }

    private Stream<Row> rows() {
        return Stream.of(
                        Names.rows(shelf, ghcr),
                        Lists.rows(),
                        Manifests.rows(shelf),
                        Blobs.rows(shelf),
                        Refusals.rows())
                .flatMap(List::stream);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void shouldAnswer(Row row) {
        Outcome here = row.askCache(cache.endpoint());
        String child = Optional.ofNullable(children.get(row.upstream()))
                .map(endpoint -> row.askChild(endpoint).cell())
                .orElse("does not run");
        table.add("| " + String.join(" | ", row.what(), "`" + row.request() + "`", here.cell(), child) + " |");

        assertThat(here.wrong()).as(here.summary()).isEmpty();
    }

    @Test
    void shouldLeadThroughAllPages() throws IOException {
        for (String list : List.of(
                "/v2/ghcr.io/my/image/tags/list",
                "/ghcr.io/v2/my/image/tags/list",
                "/v2/my/image/tags/list?ns=ghcr.io",
                "/v2/_catalog")) {
            List<String> pages = new ArrayList<>();
            String next = list + (list.contains("?") ? "&" : "?") + "n=1";
            while (!next.isEmpty()) {
                HttpReply page = ask(next);
                pages.add(entries(page));
                next = page.header("Link")
                        .map(link -> link.substring(1, link.indexOf('>')))
                        .orElse("");
            }

            assertThat(String.join(",", pages)).as(list).isEqualTo(entries(ask(list)));
        }
    }

    private static String entries(HttpReply list) {
        String text = list.text();
        return text.substring(text.indexOf('[') + 1, text.indexOf(']'));
    }

    @Test
    void shouldKeepNsFromUpstreams() throws IOException {
        ask("/v2/my/image/tags/list?n=1&ns=ghcr.io");
        ask("/v2/my/image/manifests/1?ns=ghcr.io");

        assertThat(ghcr.requests())
                .isNotEmpty()
                .noneMatch(request -> request.path().contains("ns="));
    }
}
