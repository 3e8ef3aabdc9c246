package io.registrycache.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The difference between two configurations.
 *
 * @param changed upstreams of both that are configured otherwise now
 * @param words the differences, for the log
 */
public record Difference(
        List<Configured> added, List<Configured> changed, List<Configured> removed, List<String> words) {

    public Difference {
        added = List.copyOf(added);
        changed = List.copyOf(changed);
        removed = List.copyOf(removed);
        words = List.copyOf(words);
    }

    /** Both are lists of all upstreams, the default first. */
    public static Difference between(List<Configured> before, List<Configured> after) {
        Map<String, Configured> old = byName(before);
        Map<String, Configured> now = byName(after);
        List<Configured> added =
                after.stream().filter(it -> !old.containsKey(it.name())).toList();
        List<Configured> removed =
                before.stream().filter(it -> !now.containsKey(it.name())).toList();
        List<Configured> changed = new ArrayList<>();
        List<String> details = new ArrayList<>();
        for (Configured each : after) {
            Configured earlier = old.get(each.name());
            if (earlier != null && !earlier.equals(each)) {
                changed.add(each);
                details.add(each.name() + " (" + String.join(", ", each.differences(earlier)) + ")");
            }
        }
        List<String> words = new ArrayList<>();
        say(words, "added", added.stream().map(Configured::name).toList());
        say(words, "changed", details);
        say(words, "removed", removed.stream().map(Configured::name).toList());
        if (!before.get(0).name().equals(after.get(0).name())) {
            words.add("default=" + after.get(0).name());
        } else if (words.isEmpty() && !before.equals(after)) {
            words.add("order=\"" + after.stream().map(Configured::name).collect(Collectors.joining(", ")) + "\"");
        }
        return new Difference(added, changed, removed, words);
    }

    public boolean isEmpty() {
        return words.isEmpty();
    }

    private static Map<String, Configured> byName(List<Configured> all) {
        return all.stream()
                .collect(Collectors.toMap(Configured::name, Function.identity(), (a, b) -> a, LinkedHashMap::new));
    }

    private static void say(List<String> words, String what, List<String> which) {
        if (!which.isEmpty()) {
            words.add(what + "=\"" + String.join(", ", which) + "\"");
        }
    }

    /** Such as {@code added="quay.io" changed="ghcr.io (aliases)"}. */
    @Override
    public String toString() {
        return String.join(" ", words);
    }
}
