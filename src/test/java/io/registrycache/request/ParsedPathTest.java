package io.registrycache.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The grammar by which paths are checked, beside the one that the specification gives as regular expressions. */
class ParsedPathTest {

    private static final String NAME = "[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(\\/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*";
    private static final String TAG = "[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}";
    private static final String DIGEST = "sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128}|sha384:[a-f0-9]{96}";

    private final Random random = new Random(7);

    private String text(String alphabet, int longest) {
        StringBuilder text = new StringBuilder();
        for (int length = 1 + random.nextInt(longest); length > 0; length--) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }

    private static boolean isTaken(String path) {
        try {
            ParsedPath.of(path);
            return true;
        } catch (RegistryException e) {
            return false;
        }
    }

    private void compare(String grammar, String alphabet, int longest, UnaryOperator<String> path) {
        int accepted = 0;
        int refused = 0;
        for (int time = 0; time < 100_000; time++) {
            String text = text(alphabet, longest);
            boolean expected = text.matches(grammar);
            assertThat(isTaken(path.apply(text))).as(text).isEqualTo(expected);
            accepted += expected ? 1 : 0;
            refused += expected ? 0 : 1;
        }
        assertThat(accepted).isPositive();
        assertThat(refused).isPositive();
    }

    @Test
    void shouldTakeNamesAsTheSpecificationDoes() {
        compare(NAME, "az09._-/", 9, name -> "/v2/" + name + "/manifests/latest");
        compare(NAME, "az09az09az09._-/AZ é", 20, name -> "/v2/" + name + "/manifests/latest");
    }

    @Test
    void shouldTakeTagsAsTheSpecificationDoes() {
        compare(TAG, "azAZ09_.-", 130, tag -> "/v2/a/manifests/" + tag);
        compare(TAG, "azAZ09_.-+ é", 6, tag -> "/v2/a/manifests/" + tag);
    }

    @Test
    void shouldTakeDigestsAsTheSpecificationDoes() {
        for (String algorithm : new String[] {"sha256:", "sha384:", "sha512:", "sha1:", "sha256", ""}) {
            for (int digits = 0; digits < 140; digits++) {
                String digest = algorithm + text("abcdef0123456789", 1).repeat(digits);
                for (String text : new String[] {digest, digest + "g", digest + "A", digest + "/"}) {
                    assertThat(isTaken("/v2/a/blobs/" + text)).as(text).isEqualTo(text.matches(DIGEST));
                }
            }
        }
    }
}
