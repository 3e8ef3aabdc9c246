package io.registrycache.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DifferenceTest {

    private static final Map<String, String> ENVIRONMENT = Map.of("PATH", "/bin");

    private static List<Configured> read(Map<String, String> environment, String certificates, String json) {
        return new UpstreamsReader(new FileVariables(new HashSet<Path>()))
                .read(json.replace('\'', '"')).all().stream()
                        .map(upstream -> new Configured(upstream, environment, certificates))
                        .toList();
    }

    private static List<Configured> read(String json) {
        return read(ENVIRONMENT, "", json);
    }

    @Test
    void shouldFindNothingWhereNothingIsDifferent() {
        String json = "['ghcr.io', {'registry': 'quay.io', 'aliases': ['q'], 'pin': ['a/*'], 'immutable': ['*:v*'],"
                + " 'variables': {'https_proxy': 'http://p:1'}}]";

        assertThat(Difference.between(read(json), read(json + " ")).isEmpty()).isTrue();
    }

    @Test
    void shouldNameUpstreamsThatAreAddedAndRemoved() {
        Difference difference = Difference.between(read("['a.io', 'b.io']"), read("['a.io', 'c.io']"));

        assertThat(difference.added()).extracting(Configured::name).containsExactly("c.io");
        assertThat(difference.removed()).extracting(Configured::name).containsExactly("b.io");
        assertThat(difference.changed()).isEmpty();
        assertThat(difference).hasToString("added=\"c.io\" removed=\"b.io\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'registry': 'http://a.io'                               | registry  | false",
                "'aliases': ['x']                                        | aliases   | true",
                "'limit': '1GB'                                          | limit     | true",
                "'keep': '3d'                                            | keep      | true",
                "'pin': ['a/b']                                          | pin       | true",
                "'fresh': '3m'                                           | fresh     | true",
                "'immutable': ['*:v*']                                   | immutable | true",
                "'variables': {'https_proxy': 'http://me:secret@p:80'}   | https_proxy | false",
                "'variables': {'REGISTRY_STORAGE': 's3'}                 | REGISTRY_STORAGE | false",
            })
    void shouldNameTheChangedFieldsOfAnUpstreamWithoutTheirValues(String field, String word, boolean isAskedAsBefore) {
        String registry = field.contains("'registry'") ? "" : "'registry': 'a.io', ";
        List<Configured> before = read("[{'registry': 'a.io', 'name': 'a'}]");
        List<Configured> after = read("[{" + registry + "'name': 'a', " + field + "}]");

        Difference difference = Difference.between(before, after);

        assertThat(difference.changed()).isEqualTo(after);
        assertThat(difference).hasToString("changed=\"a (" + word + ")\"");
        assertThat(after.get(0).isAskedAs(before.get(0))).isEqualTo(isAskedAsBefore);
    }

    @Test
    void shouldTellAnotherDefaultAndAnotherOrder() {
        assertThat(Difference.between(read("['a.io', 'b.io']"), read("['b.io', 'a.io']")))
                .hasToString("default=b.io");
        assertThat(Difference.between(read("['a.io', 'b.io', 'c.io']"), read("['a.io', 'c.io', 'b.io']")))
                .hasToString("order=\"a.io, c.io, b.io\"");
    }

    @Test
    void shouldTellOtherSecretsOfAllUpstreamsButNotTheListOfUpstreamsItself() {
        String json = "['a.io']";
        List<Configured> before = read(Map.of("CONFIG", "1", "https_proxy", "http://p:1"), "", json);

        assertThat(Difference.between(before, read(Map.of("CONFIG", "2", "https_proxy", "http://p:1"), "", json))
                        .isEmpty())
                .isTrue();
        assertThat(Difference.between(before, read(Map.of("CONFIG", "1", "https_proxy", "http://p:2"), "", json)))
                .hasToString("changed=\"a.io (https_proxy)\"");
    }

    @Test
    void shouldTellOtherCertificates() {
        List<Configured> before = read(ENVIRONMENT, "one", "['a.io']");
        List<Configured> after = read(ENVIRONMENT, "two", "['a.io']");

        assertThat(Difference.between(before, after)).hasToString("changed=\"a.io (certificates)\"");
        assertThat(after.get(0).isAskedAs(before.get(0))).isFalse();
    }
}
