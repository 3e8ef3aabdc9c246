package io.registrycache.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', useHeadersInDisplayName = true, textBlock = """
            header                                                     | challenges
            Basic                                                      | basic{}
            BASIC realm="a b"                                          | basic{realm=a b}
            Basic realm = "x" , charset="UTF-8"                        | basic{charset=UTF-8, realm=x}
            Basic realm=x, Bearer realm="https://a/t",service=s        | basic{realm=x} bearer{realm=https://a/t, service=s}
            Basic, Bearer realm=https://a/t?x=y                        | basic{} bearer{realm=https://a/t?x=y}
            Digest a="1, 2", Basic b="3, Bearer c=4"                   | digest{a=1, 2} basic{b=3, Bearer c=4}
            Basic realm="\\"\\\\\\"", Bearer realm=x                       | basic{realm="\\"} bearer{realm=x}
            Negotiate YWJj==, Basic realm=x                            | negotiate{} basic{realm=x}
            Negotiate YWJj==                                           | negotiate{}
            Negotiate a.b-c_d~e+f/g= , NTLM,Bearer realm=x             | negotiate{} ntlm{} bearer{realm=x}
            Bearer realm=first, realm=second, REALM=third              | bearer{realm=first}
            , ,Basic ,, realm=x,,                                      | basic{realm=x}
            X!#$%&'*+.^_~-9 a=b                                        | x!#$%&'*+.^_~-9{a=b}
            Bearer realm=x service=y                                   | bearer{realm=x, service=y}
            Basic realm=x, Bearer realm="https://a                     | basic{realm=x} bearer{}
            Basic realm=x, Bearer realm="https://a\\                   | basic{realm=x} bearer{}
            Basic realm=, Bearer realm=x                               | basic{} bearer{realm=x}
            Basic realm=x; Bearer realm=y                              | basic{realm=x;} bearer{realm=y}
            realm=x, Basic realm=y                                     | basic{realm=y}
            ,,,="                                                      | ``
            ``                                                         | ``
            """)
    void shouldFollowTheGrammarAsFarAsTheHeaderDoes(String header, String challenges) {
        assertThat(new ChallengeReader(header)
                        .all().stream()
                                .map(it -> it.scheme() + new TreeMap<>(it.parameters()))
                                .collect(Collectors.joining(" ")))
                .isEqualTo(challenges);
    }

    @Test
    void shouldReadWhatAHostileUpstreamMakesLong() {
        String escapes = "\\x".repeat(100_000);

        assertThat(new ChallengeReader("Bearer realm=\"" + escapes + "\"" + ", x=\"\"".repeat(100_000)).all())
                .singleElement()
                .satisfies(it -> assertThat(it.parameters().get("realm")).hasSize(100_000));
        assertThat(new ChallengeReader("Bearer " + "a".repeat(100_000) + " " + "=".repeat(100_000)).all())
                .hasSize(1);
    }

    @Test
    void shouldNotChooseASchemeThatItDoesNotKnow() {
        assertThat(Challenge.best(List.of("Negotiate", "Digest realm=\"x\", nonce=\"y\"", "", ",,,=\"")))
                .isEmpty();
    }
}
