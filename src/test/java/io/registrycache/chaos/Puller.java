package io.registrycache.chaos;

import io.registrycache.rig.Blob;
import io.registrycache.rig.Download;
import io.registrycache.rig.PushedImage;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/** A client that pulls random images, cached and not, and checks every byte that it accepts. */
public record Puller(Site site, Tally tally, Random random, Instant end) implements Runnable {

    /** A client that was refused a connection does not ask again at once. */
    private static final Duration PAUSE = Duration.ofMillis(100);

    @Override
    public void run() {
        while (Instant.now().isBefore(end)) {
            int upstream = random.nextInt(site.upstreams().size());
            PushedImage image = site.image(upstream, random.nextInt(site.imageCount()));
            String repository = site.cache().url() + "/v2/" + Site.name(upstream) + "/" + image.name();
            String reference = random.nextBoolean() ? image.tag() : image.manifestDigest();
            Download manifest =
                    Download.of(repository + "/manifests/" + reference).header("Accept: " + image.mediaType());
            if (pull(manifest, image.manifestDigest())) {
                for (Blob blob : image.layers()) {
                    pull(Download.of(repository + "/blobs/" + blob.digest()), blob.digest());
                }
            }
        }
    }

    private boolean pull(Download download, String digest) {
        try {
            Download.Result result = download.run();
            tally.bytes(result.length());
            if (result.status() != 200) {
                tally.answer(Integer.toString(result.status()));
            } else if (result.digest().equals(digest)) {
                tally.answer("200, right digest");
                return true;
            } else {
                tally.wrong(download.url() + " gave " + result.length() + " bytes of " + result.digest());
            }
        } catch (IOException e) {
            tally.answer("connection cut or refused");
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        return false;
    }
}
