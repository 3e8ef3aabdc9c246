package io.registrycache.fuzz;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Many attempts, several at a time.
 *
 * @param attempts how many were made: those with numbers below
 * @param outcomes how often each came: an answer's status, or {@code closed}
 */
public record Campaign(long seed, int attempts, Duration took, Map<String, Integer> outcomes, List<String> findings) {

    private static final int AT_ONCE = 16;

    public Campaign {
        outcomes = Map.copyOf(outcomes);
        findings = List.copyOf(findings);
    }

    /**
     * Makes them all, or as many as the time suffices for.
     *
     * @param blob the digest of one that is there
     */
    public static Campaign run(String endpoint, long seed, String blob, int most, Duration atMost) throws Exception {
        long start = System.nanoTime();
        AtomicInteger next = new AtomicInteger();
        Map<String, Integer> outcomes = new TreeMap<>();
        List<String> findings = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        for (int i = 0; i < AT_ONCE; i++) {
            threads.execute(() -> {
                while (System.nanoTime() - start < atMost.toNanos()) {
                    int number = next.getAndIncrement();
                    if (number >= most) {
                        return;
                    }
                    Verdict verdict = verdict(Attempts.of(seed, number, blob), endpoint);
                    synchronized (outcomes) {
                        List<String> seen = verdict.statuses().isEmpty() ? List.of("closed") : verdict.statuses();
                        seen.forEach(outcome -> outcomes.merge(outcome, 1, Integer::sum));
                        findings.addAll(verdict.findings());
                    }
                }
            });
        }
        threads.shutdown();
        if (!threads.awaitTermination(atMost.toSeconds() + 60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("attempts do not end");
        }
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        return new Campaign(seed, Math.min(next.get(), most), took, outcomes, findings);
    }

    private static Verdict verdict(Attempt attempt, String endpoint) {
        try {
            return Verdict.of(attempt, endpoint);
        } catch (IOException e) {
            return new Verdict(List.of(), List.of(e + ": " + attempt));
        }
    }

    public String summary() {
        return "fuzz: seed " + seed + ", " + attempts + " attempts in " + took.toSeconds() + " s, answers "
                + new TreeMap<>(outcomes) + ", findings " + findings.size();
    }
}
