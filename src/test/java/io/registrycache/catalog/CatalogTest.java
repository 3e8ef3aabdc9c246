package io.registrycache.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.registrycache.config.Upstream;
import io.registrycache.config.Upstreams;
import io.registrycache.process.Children;
import io.registrycache.process.StoppedChild;
import io.registrycache.request.Pull;
import io.registrycache.request.RegistryRequest;
import io.registrycache.rig.UnroutedPull;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CatalogTest {

    private static final List<String> ALL =
            List.of("ghcr.io/a", "ghcr.io/a-b", "ghcr.io/a/b", "ghcr.io/z", "quay.io/a", "quay.io/b/c", "quay.io/zz");

    @TempDir
    private Path ghcrRoot;

    @TempDir
    private Path quayRoot;

    private final Exchange exchange = new DefaultExchange(new DefaultCamelContext());
    private final List<StoppedChild> started = new ArrayList<>();
    private Upstreams upstreams;
    private Catalog catalog;

    @BeforeEach
    void storeInTwoUpstreams() throws IOException {
        StoppedChild quay = StoppedChild.onFileSystem("quay.io", quayRoot);
        StoppedChild ghcr = StoppedChild.onFileSystem("ghcr.io", ghcrRoot);
        started.addAll(List.of(quay, ghcr));
        Children children = new Children();
        started.forEach(each -> children.add(each.child()));
        // The third is configured, and has no child yet.
        Upstream third = Upstream.of("test", "later.example.com", "", List.of(), Map.of());
        upstreams = new Upstreams(List.of(quay.upstream(), ghcr.upstream(), third));
        catalog = new Catalog(() -> upstreams, children);
        for (String name : ALL) {
            (name.startsWith("ghcr.io") ? ghcrRoot : quayRoot)
                    .resolve(name.replaceFirst("/", "/docker/registry/v2/repositories/"))
                    .resolve("_layers")
                    .toFile()
                    .mkdirs();
        }
    }

    @AfterEach
    void close() throws IOException {
        for (StoppedChild each : started) {
            each.close();
        }
    }

    private List<String> list(String query) throws Exception {
        exchange.getMessage().removeHeader("Link");
        RegistryRequest request = RegistryRequest.of("GET", "/v2/_catalog" + query, upstreams);
        exchange.setVariable(Pull.VARIABLE, new UnroutedPull(request));
        catalog.process(exchange);
        List<String> names = new ArrayList<>();
        new ObjectMapper()
                .readTree(exchange.getMessage().getBody(byte[].class))
                .path("repositories")
                .forEach(name -> names.add(name.asText()));
        return names;
    }

    private String next() {
        String link = exchange.getMessage().getHeader("Link", "", String.class);
        return link.isEmpty() ? "" : link.substring(link.indexOf('?'), link.indexOf('>'));
    }

    @Test
    void shouldListTheRepositoriesOfAllUpstreamsInOrder() throws Exception {
        assertThat(list("")).isEqualTo(ALL);
        assertThat(next()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 6, 7, 8, 10_000, 1_000_000})
    void shouldListTheSameInPagesOfAnySize(int size) throws Exception {
        List<String> names = new ArrayList<>();
        String query = "?n=" + size;
        while (!query.isEmpty()) {
            List<String> page = list(query);
            assertThat(page).hasSizeLessThanOrEqualTo(size);
            names.addAll(page);
            query = next();
        }

        assertThat(names).isEqualTo(ALL);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ghcr.io/../../..", "quay.io/%2e%2e/%2e%2e/etc", "ghcr.io/%20%5C", "ghcr.io//", "%3Cscript%3E"})
    void shouldTakeAHostilePlaceToBeginAsAPlaceInTheOrder(String last) throws Exception {
        assertThat(list("?last=" + last)).isSubsetOf(ALL).isSorted();
    }

    @Test
    void shouldListTheOthersIfAFolderCannotBeRead() throws Exception {
        Path repositories = ghcrRoot.resolve("ghcr.io/docker/registry/v2/repositories");
        Files.move(repositories, ghcrRoot.resolve("elsewhere"));
        Files.writeString(repositories, "not a folder");

        assertThat(list("")).containsExactly("quay.io/a", "quay.io/b/c", "quay.io/zz");
    }
}
