package io.registrycache.warm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.registrycache.config.ConfigException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageListTest {

    private static final String DIGEST = "sha256:" + "0".repeat(64);

    private static List<String> read(String text, String... variables) {
        Map<String, String> set = variables.length == 0 ? Map.of() : Map.of(variables[0], variables[1]);
        return new ImageList(5000, set)
                .read("file", text).stream().map(ImageName::typed).toList();
    }

    @Test
    void shouldReadAListWithComments() {
        assertThat(read("""
                # the cluster needs: these
                postgres:16

                ghcr.io/my/image@%s  # the database: of us
                127.0.0.1:5000/quay.io/my/other""".formatted(DIGEST)))
                .containsExactly("postgres:16", "ghcr.io/my/image@" + DIGEST, "127.0.0.1:5000/quay.io/my/other");
    }

    @Test
    void shouldReadTheImagesOfACompose() {
        assertThat(read("""
                x-base: &base
                  image: base:1
                services:
                  one:
                    <<: *base
                  two:
                    <<: [{restart: always}, *base]
                    image: ${PREFIX:-ghcr.io/my}/two:${TAG}
                  three: {image: "three:${NONE:-${TAG}}", ports: ["80:80"]}
                  four:
                    image: built:1
                    build: .
                  five:
                    image: !reset five:$TAG
                """, "TAG", "v2")).containsExactly("base:1", "ghcr.io/my/two:v2", "three:v2", "five:v2");
    }

    @Test
    void shouldReadTheImagesOfKubernetesManifests() {
        assertThat(read("""
                apiVersion: apps/v1
                kind: Deployment
                spec:
                  template:
                    spec:
                      initContainers: [{name: a, image: "init:1"}]
                      containers:
                        - name: b
                          image: app:1
                          env: [{name: image, value: "not:this"}]
                ---
                kind: CronJob
                spec: {jobTemplate: {spec: {template: {spec: {containers: [{image: "cron:1"}]}}}}}
                ---
                kind: List
                items:
                  - kind: Pod
                    spec:
                      ephemeralContainers: [{image: "debug:1"}]
                  - kind: Service
                    spec: {ports: [{port: 80}]}
                """)).containsExactly("init:1", "app:1", "cron:1", "debug:1");
    }

    @Test
    void shouldReadJson() {
        assertThat(read("{\"kind\": \"Pod\", \"spec\": {\"containers\": [{\"image\": \"app:1\"}]}}"))
                .containsExactly("app:1");
    }

    @Test
    void shouldEndOnAnAliasOfItself() {
        assertThat(read("a: &a {b: *a, containers: [{image: 'app:1'}]}")).containsExactly("app:1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'services: {a: {image: \"a:${TAG}\"}}'  | file, line 1: the variable TAG is not set",
                "'services: {a: {image: \"a:${T:?x}\"}}' | file, line 1: the variable T is not set",
                "'services: {a: {image: \"a:${T\"}}'     | file, line 1: \"a:${T\" has a variable in it",
                "'services: {a: {image: a'               | file, line 1, column",
                "'services: {a: {image: \"A b\"}}'       | file, line 1: \"A b\" is not an image",
                "'Not An Image'                          | file, line 1: \"Not An Image\" is not an image",
            })
    void shouldSayWhereAMistakeIs(String text, String message) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(ConfigException.class).hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({
        "postgres, postgres, '', latest",
        "postgres:16, postgres, '', 16",
        "ghcr.io/my/image:a, ghcr.io/my/image, '', a",
        "GHCR.io/my/image:a, ghcr.io/my/image, '', a",
        "registry.example.com:5001/my/image, my/image, registry.example.com:5001, latest",
        "cache.example.com:5000/ghcr.io/my/image:a, ghcr.io/my/image, '', a",
        "localhost:5000/debian, debian, '', latest",
    })
    void shouldTranslateAnImageNameForTheEndpoint(String typed, String path, String upstream, String reference) {
        assertThat(ImageName.parse(typed, 5000)).isEqualTo(new ImageName(typed, path, upstream, reference));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "a b", "A", "a:", "a@sha256:1", "a/../b", "a?x", "a//b", "a:b:c", "host:1/"})
    void shouldRefuseATextThatIsNotAnImage(String text) {
        assertThatThrownBy(() -> ImageName.parse(text, 5000)).isInstanceOf(IllegalArgumentException.class);
    }
}
