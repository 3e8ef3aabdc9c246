package io.registrycache.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.registrycache.config.Retention;
import io.registrycache.config.Upstream;
import io.registrycache.config.Upstreams;
import io.registrycache.request.RegistryRequest;
import io.registrycache.storage.UpstreamStorage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TagsOfflineTest {

    private static final Upstreams UPSTREAMS =
            new Upstreams(List.of(Upstream.of("test", "ghcr.io", "", List.of(), Map.of())));

    @TempDir
    private Path folder;

    private final Exchange exchange = new DefaultExchange(new DefaultCamelContext());
    private final AtomicInteger done = new AtomicInteger();
    private boolean isReachable;

    private String ask(String query, boolean isFileSystem) throws Exception {
        Map<String, UpstreamStorage> storages = isFileSystem
                ? Map.of("ghcr.io", new UpstreamStorage("ghcr.io", folder, Retention.NONE, Optional.empty()))
                : Map.of();
        exchange.setVariable("request", RegistryRequest.of("GET", "/v2/my/image/tags/list" + query, UPSTREAMS));
        new TagsOffline(name -> isReachable, storages, Runnable::run)
                .process(exchange, doneSync -> done.incrementAndGet());
        await().until(() -> done.get() == 1);
        byte[] body = exchange.getMessage().getBody(byte[].class);
        return body == null ? "" : new String(body, StandardCharsets.UTF_8);
    }

    private void store(String... tags) throws Exception {
        for (String tag : tags) {
            Files.createDirectories(folder.resolve("docker/registry/v2/repositories/my/image/_manifests/tags")
                    .resolve(tag));
        }
    }

    @Test
    void shouldListStoredTagsAndStopTheRouteWhileTheUpstreamIsUnreachable() throws Exception {
        store("b", "a", "c");

        assertThat(ask("?n=2", true)).isEqualTo("{\"name\":\"my/image\",\"tags\":[\"a\",\"b\"]}");
        assertThat(exchange.getMessage().getHeader("Link"))
                .isEqualTo("</v2/my/image/tags/list?n=2&last=b>; rel=\"next\"");
        assertThat(exchange.isRouteStop()).isTrue();
    }

    @Test
    void shouldLeaveTheListToTheUpstreamThatAnswers() throws Exception {
        store("a");
        isReachable = true;

        assertThat(ask("", true)).isEmpty();
        assertThat(exchange.isRouteStop()).isFalse();
    }

    @Test
    void shouldLeaveARepositoryOfWhichNoTagIsStoredToTheChild() throws Exception {
        assertThat(ask("", true)).isEmpty();
        assertThat(exchange.isRouteStop()).isFalse();
    }

    @Test
    void shouldLeaveABucketToTheChild() throws Exception {
        store("a");

        assertThat(ask("", false)).isEmpty();
        assertThat(exchange.isRouteStop()).isFalse();
    }
}
