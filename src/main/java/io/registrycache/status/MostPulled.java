package io.registrycache.status;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts pulls by image, of so many images at a time that memory stays bounded: a new one takes the place, and the count,
 * of the least pulled (the Space-Saving algorithm of Metwally, Agrawal and El Abbadi).
 */
final class MostPulled {

    /** How often an image was pulled, at most. */
    record Pulls(Image image, long count) {}

    private static final int MOST = 500;

    private final Map<Image, Long> counts = new HashMap<>();

    synchronized void pulled(Image image) {
        Long before = counts.get(image);
        if (before == null && counts.size() >= MOST) {
            Image least = counts.entrySet().stream()
                    .min(Map.Entry.comparingByValue())
                    .orElseThrow()
                    .getKey();
            before = counts.remove(least);
        }
        counts.put(image, before == null ? 1 : before + 1);
    }

    /** Takes over the counts of an earlier run. */
    synchronized void restore(List<Pulls> earlier) {
        earlier.stream().limit(MOST).forEach(pulls -> counts.merge(pulls.image(), pulls.count(), Long::sum));
    }

    synchronized List<Pulls> all() {
        return top(MOST);
    }

    synchronized List<Pulls> top(int most) {
        return counts.entrySet().stream()
                .map(entry -> new Pulls(entry.getKey(), entry.getValue()))
                .sorted(Comparator.comparingLong(Pulls::count)
                        .reversed()
                        .thenComparing(pulls -> pulls.image().name()))
                .limit(most)
                .toList();
    }
}
