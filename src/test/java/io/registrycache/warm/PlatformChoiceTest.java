package io.registrycache.warm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.registrycache.config.Platform;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlatformChoiceTest {

    private static final JsonNode INDEX = index("""
            [{"digest": "amd", "platform": {"os": "linux", "architecture": "amd64"}},
             {"digest": "amd3", "platform": {"os": "linux", "architecture": "amd64", "variant": "v3"}},
             {"digest": "arm6", "platform": {"os": "linux", "architecture": "arm", "variant": "v6"}},
             {"digest": "arm7", "platform": {"os": "linux", "architecture": "arm", "variant": "v7"}},
             {"digest": "arm8", "platform": {"os": "linux", "architecture": "arm64", "variant": "v8"}},
             {"digest": "attestation", "platform": {"os": "unknown", "architecture": "unknown"}}]
            """);

    private static JsonNode index(String json) {
        try {
            return JsonMapper.builder().build().readTree(json);
        } catch (java.io.IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> chosen(String... platforms) throws PullFailure {
        PlatformChoice choice = new PlatformChoice(
                Stream.of(platforms).map(it -> Platform.parse("here", it)).toList());
        return choice.of(INDEX).stream().map(it -> it.path("digest").asText()).toList();
    }

    @ParameterizedTest
    @CsvSource({
        "linux/amd64, amd",
        "linux/amd64/v3, amd3",
        "linux/arm64, arm8",
        "linux/arm64/v8, arm8",
        "linux/arm/v7, arm7",
        "linux/arm, arm6 arm7",
    })
    void shouldChooseThePlatform(String platform, String digests) throws PullFailure {
        assertThat(chosen(platform)).containsExactly(digests.split(" "));
    }

    @Test
    void shouldChooseSeveralOrAll() throws PullFailure {
        assertThat(chosen("linux/amd64", "linux/arm64")).containsExactly("amd", "arm8");
        assertThat(PlatformChoice.ALL.of(INDEX)).hasSize(6);
    }

    @Test
    void shouldSayWhichThereAre() {
        assertThatThrownBy(() -> chosen("linux/amd64", "windows/amd64"))
                .hasMessageStartingWith("has no windows/amd64; there are linux/amd64, linux/amd64/v3, linux/arm/v6,");
    }
}
