package io.registrycache.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;

/** The results of a chaos run. */
public final class Tally {

    private final Map<String, LongAdder> answers = new ConcurrentSkipListMap<>();
    private final Map<String, List<Long>> recoveries = new ConcurrentHashMap<>();
    private final List<String> wrong = new CopyOnWriteArrayList<>();
    private final LongAdder bytes = new LongAdder();

    void answer(String kind) {
        answers.computeIfAbsent(kind, it -> new LongAdder()).increment();
    }

    void bytes(long count) {
        bytes.add(count);
    }

    void wrong(String what) {
        wrong.add(what);
    }

    void recovered(String from, Duration after) {
        recoveries
                .computeIfAbsent(from, it -> Collections.synchronizedList(new ArrayList<>()))
                .add(after.toMillis());
    }

    public List<String> wrong() {
        return wrong;
    }

    public long complete() {
        return answers.getOrDefault("200, right digest", new LongAdder()).sum();
    }

    /** How often something was broken. */
    public int mischiefs() {
        return recoveries.values().stream().mapToInt(List::size).sum();
    }

    /**
     * The summary.
     *
     * @param sent bytes that came from the upstreams
     */
    public String table(long seed, Duration duration, long sent) {
        StringBuilder table = new StringBuilder("\nChaos run of " + duration.toSeconds() + " s, seed " + seed + ", "
                + bytes.sum() / (1 << 20) + " MiB pulled, " + sent / (1 << 20)
                + " MiB of them from the upstreams\n\n| answers | count |\n| --- | --- |\n");
        answers.forEach((kind, count) ->
                table.append("| ").append(kind).append(" | ").append(count).append(" |\n"));
        table.append("| wrong bytes | ").append(wrong.size()).append(" |\n");
        table.append("\n| mischief | times | recovery: median s | worst s |\n| --- | --- | --- | --- |\n");
        recoveries.forEach((from, times) -> {
            List<Long> sorted = times.stream().sorted().toList();
            table.append("| %s | %d | %.1f | %.1f |\n"
                    .formatted(
                            from,
                            sorted.size(),
                            sorted.get(sorted.size() / 2) / 1000.0,
                            sorted.get(sorted.size() - 1) / 1000.0));
        });
        return table.toString();
    }
}
