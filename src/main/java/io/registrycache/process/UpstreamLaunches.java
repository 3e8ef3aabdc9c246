package io.registrycache.process;

import io.registrycache.config.Upstream;
import io.registrycache.upstream.UpstreamClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What has to be known and done before a child of one upstream is launched. */
final class UpstreamLaunches {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Upstream upstream;
    private final Map<String, String> inherited;
    private final UpstreamClient client;

    /** Whether the storage has been looked through since the program crashed, if it did. */
    private volatile boolean checked;

    UpstreamLaunches(Upstream upstream, Map<String, String> inherited, UpstreamClient client, boolean afterCrash) {
        this.upstream = upstream;
        this.inherited = Map.copyOf(inherited);
        this.client = client;
        this.checked = !afterCrash;
    }

    boolean isChecked() {
        return checked;
    }

    /** The upstream's folder, when its storage is the file system. */
    Optional<Path> folder() {
        return ChildSettings.folder(upstream, inherited);
    }

    /** Takes out of the storage what would make a child fail or serve wrong bytes. */
    void prepareStorage() {
        if (!checked) {
            folder().ifPresent(StorageRepair::afterCrash);
            checked = true;
        }
        folder().ifPresent(StorageRepair::beforeLaunch);
    }

    ChildSettings pullThrough(int port) {
        boolean basic = ChildSettings.hasCredentials(upstream, inherited) && wantsBasic();
        return ChildSettings.of(upstream, inherited, port, ChildSettings.Mode.PULL_THROUGH, basic);
    }

    ChildSettings offline(int port) {
        return ChildSettings.of(upstream, inherited, port, ChildSettings.Mode.OFFLINE, false);
    }

    private boolean wantsBasic() {
        try {
            return client.wantsBasic().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
