package io.registrycache.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MeteredRequestsTest {

    private final MeteredRequests requests = new MeteredRequests();

    private void assertSentAndSaved(long sent, long saved) {
        assertThat(requests.sent()).isEqualTo(sent);
        assertThat(requests.saved()).isEqualTo(saved);
    }

    @Test
    void shouldSaveNothingWithAManifestThatTheUpstreamWasAskedFor() {
        requests.answered();
        requests.pulled();

        assertSentAndSaved(1, 0);
    }

    @Test
    void shouldCountAStoredManifestAsSaved() {
        requests.pulled();
        requests.pulled();

        assertSentAndSaved(0, 2);
    }

    @Test
    void shouldSaveAllButOneOfThoseThatWaitForTheSameAnswer() {
        requests.answered();
        for (int i = 0; i < 10; i++) {
            requests.pulled();
        }

        assertSentAndSaved(1, 9);
    }

    @Test
    void shouldCountAManifestThatWasNotDeliveredAgainstTheNextPull() {
        requests.answered();
        requests.answered();
        requests.pulled();
        requests.pulled();
        requests.pulled();

        assertSentAndSaved(2, 1);
    }
}
