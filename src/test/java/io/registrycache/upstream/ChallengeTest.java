package io.registrycache.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ChallengeTest {

    @Test
    void shouldReadAToken() {
        assertThat(Challenge.best(List.of(
                        "Bearer realm=\"https://auth.example/token\",service=\"registry, the\", scope=\"a:b:c\"")))
                .hasValueSatisfying(challenge -> {
                    assertThat(challenge.isBearer()).isTrue();
                    assertThat(challenge.parameters())
                            .containsEntry("realm", "https://auth.example/token")
                            .containsEntry("service", "registry, the");
                });
    }

    @Test
    void shouldPreferATokenToAPasswordInOneHeaderOrInSeveral() {
        String basic = "Basic realm=\"a \\\"quoted\\\" Bearer realm=no\"";
        String bearer = "Bearer realm=\"https://auth.example/token\"";
        assertThat(Challenge.best(List.of(basic + ", " + bearer)))
                .hasValueSatisfying(it -> assertThat(it.isBearer()).isTrue());
        assertThat(Challenge.best(List.of(basic, bearer)))
                .hasValueSatisfying(it -> assertThat(it.isBearer()).isTrue());
        assertThat(Challenge.best(List.of(basic)))
                .hasValueSatisfying(it -> assertThat(it.isBasic()).isTrue());
    }

    @Test
    void shouldReadABareScheme() {
        assertThat(Challenge.best(List.of("Basic"))).isPresent();
    }

    @Test
    void shouldLeaveWhatNobodyKnows() {
        assertThat(Challenge.best(List.of("Negotiate", "Digest realm=\"x\", nonce=\"y\"", "", ",,,=\"")))
                .isEmpty();
    }
}
