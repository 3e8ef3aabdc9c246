package io.registrycache.reload;

import io.registrycache.rig.Blob;
import io.registrycache.rig.Download;
import io.registrycache.rig.PushedImage;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/** Pulls from all names, configured or not, and knows which answers are right. */
final class CarefulClient implements Runnable {

    /** The answers to all clients. */
    static final class Seen {
        final List<String> wrong = new CopyOnWriteArrayList<>();
        final Map<String, LongAdder> answers = new ConcurrentSkipListMap<>();

        void count(String kind) {
            answers.computeIfAbsent(kind, any -> new LongAdder()).increment();
        }
    }

    private final ChangingSite site;
    private final Random random;
    private final long bytesPerSecond;
    private final AtomicBoolean isOver;
    private final Seen seen;

    /**
     * Begins to pull when it runs.
     *
     * @param bytesPerSecond how fast it reads
     */
    CarefulClient(ChangingSite site, long seed, long bytesPerSecond, AtomicBoolean isOver, Seen seen) {
        this.site = site;
        this.random = new Random(seed);
        this.bytesPerSecond = bytesPerSecond;
        this.isOver = isOver;
        this.seen = seen;
    }

    @Override
    public void run() {
        while (!isOver.get()) {
            String name = ChangingSite.NAMES.get(random.nextInt(ChangingSite.NAMES.size()));
            int number = random.nextInt(6);
            PushedImage image = site.image(number);
            String repository = site.cache().url() + "/v2/" + name + "/image/" + number;
            String reference = random.nextBoolean() ? "1" : image.manifestDigest();
            pull(
                    name,
                    Download.of(repository + "/manifests/" + reference).header("Accept: " + image.mediaType()),
                    image.manifestDigest());
            List<Blob> layers = site.layers(number);
            Blob layer =
                    layers.get(bytesPerSecond < Long.MAX_VALUE ? layers.size() - 1 : random.nextInt(layers.size()));
            pull(
                    name,
                    Download.of(repository + "/blobs/" + layer.digest()).throttledTo(bytesPerSecond),
                    layer.digest());
        }
    }

    private void pull(String name, Download download, String digest) {
        long begin = System.nanoTime();
        try {
            Download.Result result = download.run();
            boolean isKnown = result.status() != 404;
            boolean isRight =
                    isKnown ? result.status() == 200 && result.digest().equals(digest) : true;
            if (!isRight) {
                seen.wrong.add(download.url() + " gave " + result.status() + " and " + result.length() + " bytes");
            } else if (!site.expectation().allows(name, isKnown, begin, System.nanoTime())) {
                seen.wrong.add(download.url() + " gave " + result.status() + " though it was configured otherwise");
            }
            seen.count(name + " " + result.status());
        } catch (IOException e) {
            seen.wrong.add(download.url() + " was cut after " + (System.nanoTime() - begin) / 1_000_000 + " ms: " + e);
        }
    }
}
