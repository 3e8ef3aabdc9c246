package io.registrycache.storage;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.registrycache.request.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.ObjLongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records in the files of one upstream's content that it was used. A manifest that is served uses all that it
 * references, through an index down to the layers: so an image stays whose hosts have its layers already.
 */
final class Uses {

    private static final Logger LOG = LoggerFactory.getLogger(Uses.class);
    /** An index of indexes is as deep as it gets; and nothing loops, as a digest cannot contain itself. */
    private static final int DEEPEST = 4;

    /** Records beside the pulls. If there are too many uses, some are dropped, and recorded with a later use. */
    private static final ThreadPoolExecutor ASIDE = new ThreadPoolExecutor(
            1,
            1,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(1000),
            new DefaultThreadFactory("uses", true),
            new ThreadPoolExecutor.DiscardPolicy());

    static {
        ASIDE.allowCoreThreadTimeOut(true);
    }

    private final Layout layout;

    Uses(Layout layout) {
        this.layout = layout;
    }

    /** A blob is served. */
    void ofBlob(Digest digest) {
        ASIDE.execute(() -> record(digest, 0, Uses::touchIfDue));
    }

    /** A manifest is served. */
    void ofManifest(Digest digest) {
        ASIDE.execute(() -> record(digest, DEEPEST, Uses::touchIfDue));
    }

    /**
     * Visits a manifest and all that it references; the manifest last, so that a visit that fails half-way is repeated.
     */
    void forAll(Digest manifest, ObjLongConsumer<Path> touch) {
        record(manifest, DEEPEST, touch);
    }

    private void record(Digest digest, int deeper, ObjLongConsumer<Path> touch) {
        Path data = layout.data(digest);
        try {
            if (deeper > 0 && Files.exists(data)) {
                StoredManifest.read(data)
                        .ifPresent(manifest ->
                                manifest.references().forEach(reference -> record(reference, deeper - 1, touch)));
            }
            touch.accept(data, System.currentTimeMillis());
        } catch (IOException e) {
            LOG.debug("folder={} {} its use is not recorded: {}", layout.folder(), digest, e.toString());
        }
    }

    private static void touchIfDue(Path data, long now) {
        try {
            if (LastUse.isDue(Files.readAttributes(data, BasicFileAttributes.class), now)) {
                LastUse.record(data, now);
            }
        } catch (NoSuchFileException e) {
            // Not stored, or evicted.
        } catch (IOException e) {
            LOG.debug("{} its use is not recorded: {}", data, e.toString());
        }
    }
}
