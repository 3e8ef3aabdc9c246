package io.registrycache.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class PartsTest {

    private static final long SIZE = 100L << 20;

    private final Parts parts = new Parts();

    private Part part(long start, long position, long end) {
        Part part = new Part(parts.all().size(), start, position, end);
        part.take(true);
        parts.add(part);
        return part;
    }

    @Test
    void shouldHandOutTheBlobInOrderAndNothingTwice() {
        long covered = 0;
        for (Part part = parts.claim(SIZE).orElse(null);
                part != null;
                part = parts.claim(SIZE).orElse(null)) {
            assertThat(part.start()).isEqualTo(covered);
            assertThat(part.missing()).isLessThanOrEqualTo(Parts.STRIDE);
            covered = part.end();
        }
        assertThat(covered).isEqualTo(SIZE);
    }

    @Test
    void shouldHandOutWhatIsLeftOfAPartThatNobodyDownloads() {
        part(0, 10, 100).take(false);

        assertThat(parts.claim(SIZE))
                .hasValueSatisfying(part -> assertThat(part.position()).isEqualTo(10));
    }

    @Test
    void shouldEndAPartWhereTheNextOneBegins() {
        part(1000, 1000, 2000);

        assertThat(parts.claim(SIZE)).hasValueSatisfying(part -> {
            assertThat(part.start()).isZero();
            assertThat(part.end()).isEqualTo(1000);
        });
        assertThat(parts.claim(SIZE))
                .hasValueSatisfying(part -> assertThat(part.start()).isEqualTo(2000));
    }

    @Test
    void shouldHandOutOnlyBytesOfARange() {
        assertThat(parts.claim(500, 600, SIZE)).hasValueSatisfying(part -> {
            assertThat(part.start()).isEqualTo(500);
            assertThat(part.end()).isEqualTo(600);
        });
        assertThat(parts.claim(500, 600, SIZE)).isEmpty();
    }

    @Test
    void shouldKnowWhatCanBeReadWithoutAGap() {
        part(0, 100, 100);
        part(100, 150, 200);
        part(300, 400, 400);

        assertThat(parts.receivedFrom(0)).isEqualTo(150);
        assertThat(parts.receivedFrom(120)).isEqualTo(150);
        assertThat(parts.receivedFrom(150)).isEqualTo(150);
        assertThat(parts.receivedFrom(250)).isEqualTo(250);
        assertThat(parts.receivedFrom(350)).isEqualTo(400);
        assertThat(parts.received()).isEqualTo(250);
    }

    @Test
    void shouldKnowWhetherAByteIsOnItsWay() {
        part(0, 10, 100);

        assertThat(parts.isNear(99)).isTrue();
        assertThat(parts.isNear(100)).isFalse();
    }

    @Test
    void shouldEndALongPartBeforeARangeThatIsFarAhead() {
        part(0, 10, SIZE);
        long far = 10 + Parts.NEAR;
        assertThat(parts.isNear(far - 1)).isTrue();
        assertThat(parts.isNear(far)).isFalse();

        assertThat(parts.endBefore(far))
                .hasValueSatisfying(part -> assertThat(part.end()).isEqualTo(far));
        assertThat(parts.claim(far, far + 5, SIZE))
                .hasValueSatisfying(part -> assertThat(part.end()).isEqualTo(far + 5));
        assertThat(parts.claim(SIZE))
                .hasValueSatisfying(part -> assertThat(part.start()).isEqualTo(far + 5));
        assertThat(parts.endBefore(5)).isEmpty();
    }

    @Test
    void shouldCoverTheBlobWhateverRangesAreWanted() {
        Random random = new Random(7);
        long size = 5000;
        for (int i = 0; i < 40; i++) {
            long first = random.nextInt((int) size);
            parts.claim(first, Math.min(size, first + 1 + random.nextInt(500)), size)
                    .ifPresent(part -> part.received(random.nextInt((int) part.missing() + 1)));
        }
        parts.all().forEach(part -> part.take(false));
        while (true) {
            var next = parts.claim(size);
            if (next.isEmpty()) {
                break;
            }
            next.get().received(next.get().missing());
            next.get().take(false);
        }
        assertThat(parts.receivedFrom(0)).isEqualTo(size);
        assertThat(parts.received()).isEqualTo(size);
    }
}
