package io.registrycache.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WarmUpTest {

    private static WarmUp read(String warm) {
        return new UpstreamsReader(new FileVariables(new HashSet<>()))
                .read("[{'registry': 'ghcr.io', 'warm': %s}]".formatted(warm).replace('\'', '"'))
                .byDefault()
                .warmUp();
    }

    @Test
    void shouldReadImagesPlatformsAndInterval() {
        assertThat(read("{'images': ['my/image:1', 'my/other'], 'platforms': ['linux/arm/v7'], 'every': '90m'}"))
                .isEqualTo(new WarmUp(
                        List.of("my/image:1", "my/other"),
                        List.of(new Platform("linux", "arm", "v7")),
                        Duration.ofMinutes(90)));
        assertThat(read("{'images': ['my/image']}"))
                .isEqualTo(new WarmUp(List.of("my/image"), List.of(Platform.ofThisMachine()), Duration.ofHours(1)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "[]                                           | CONFIG[0].warm: is a list; give an object",
                "{}                                           | CONFIG[0].warm: has no \"images\"",
                "{'image': []}                                | CONFIG[0].warm: unknown key \"image\"",
                "{'images': 'a'}                              | CONFIG[0].warm.images: is a string; give a list",
                "{'images': ['a b']}                          | CONFIG[0].warm.images: \"a b\" is not an image",
                "{'images': ['*']}                            | CONFIG[0].warm.images: \"*\" is not an image",
                "{'images': ['a'], 'platforms': ['amd64']}    | CONFIG[0].warm.platforms: \"amd64\" is not a platform",
                "{'images': ['a'], 'every': '59s'}            | CONFIG[0].warm.every: \"59s\" is too short; give 1m",
                "{'images': ['a'], 'every': '0'}              | CONFIG[0].warm.every: \"0\" is too short",
                "{'images': ['a'], 'every': 'daily'}          | CONFIG[0].warm.every: \"daily\" is not a time",
            })
    void shouldNameAMistakeAndItsPlace(String warm, String message) {
        assertThatThrownBy(() -> read(warm)).isInstanceOf(ConfigException.class).hasMessageStartingWith(message);
    }
}
