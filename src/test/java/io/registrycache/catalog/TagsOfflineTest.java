package io.registrycache.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.registrycache.config.Retention;
import io.registrycache.config.Upstream;
import io.registrycache.config.Upstreams;
import io.registrycache.process.Children;
import io.registrycache.request.RegistryRequest;
import io.registrycache.storage.UpstreamStorage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TagsOfflineTest {

    private static final Upstreams UPSTREAMS =
            new Upstreams(List.of(Upstream.of("test", "ghcr.io", "", List.of(), Map.of())));

    @TempDir
    private Path folder;

    private Optional<TagPage> ask(String query) throws Exception {
        Map<String, UpstreamStorage> storages =
                Map.of("ghcr.io", new UpstreamStorage("ghcr.io", folder, Retention.NONE, Optional.empty()));
        return new TagsOffline(storages, new Children())
                .find(RegistryRequest.of("GET", "/v2/my/image/tags/list" + query, UPSTREAMS));
    }

    private void store(String... tags) throws Exception {
        for (String tag : tags) {
            Files.createDirectories(folder.resolve("docker/registry/v2/repositories/my/image/_manifests/tags")
                    .resolve(tag));
        }
    }

    @Test
    void shouldListStoredTagsInOrder() throws Exception {
        store("b", "a", "c");

        TagPage page = ask("?n=2").orElseThrow();

        assertThat(page.tags()).containsExactly("a", "b");
        assertThat(page.link()).isEqualTo("</v2/my/image/tags/list?n=2&last=b>; rel=\"next\"");
    }

    @Test
    void shouldFindNothingInARepositoryOfWhichNoTagIsStored() throws Exception {
        assertThat(ask("")).isEmpty();
    }
}
