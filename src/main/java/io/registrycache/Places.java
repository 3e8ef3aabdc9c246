package io.registrycache;

import io.registrycache.config.Configured;
import io.registrycache.config.Retention;
import io.registrycache.config.UpstreamLimits;
import io.registrycache.fetch.Fetches;
import io.registrycache.fetch.FileIntake;
import io.registrycache.fetch.NoIntake;
import io.registrycache.process.RunFolder;
import io.registrycache.process.UpstreamChild;
import io.registrycache.storage.ContentStore;
import io.registrycache.storage.DiskRoom;
import io.registrycache.storage.Eviction;
import io.registrycache.storage.InUse;
import io.registrycache.storage.Layout;
import io.registrycache.storage.SmallContent;
import io.registrycache.storage.UpstreamStorage;
import io.registrycache.upstream.RouteEntry;
import io.registrycache.upstream.UpstreamAccess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** The places of all upstreams, also of those that are about to go: one for each folder, for two would write one spool. */
final class Places {

    private final RunFolder folder;
    private final RouteEntry downloads;
    private final Eviction eviction;
    private final SmallContent memory = new SmallContent();
    private final Map<Path, Place> bySpools = new ConcurrentHashMap<>();

    Places(RunFolder folder, RouteEntry downloads, Eviction eviction) {
        this.folder = folder;
        this.downloads = downloads;
        this.eviction = eviction;
    }

    /** The place of an upstream as it is configured now, which may have been its place before. */
    Place of(Configured configured, UpstreamChild child, UpstreamAccess access, UpstreamLimits limits) {
        Optional<Path> root = child.folder();
        Path spools = root.map(it -> new Layout(it).spools())
                .orElseGet(() -> folder.path().resolve(Layout.SPOOLS).resolve(configured.name()));
        Place known = bySpools.get(spools);
        if (known != null) {
            return known;
        }
        Place made = root.map(it -> onDisk(configured, it, child, access, limits))
                .orElseGet(() -> new Place(
                        spools,
                        Optional.empty(),
                        Optional.empty(),
                        new Fetches(
                                access, downloads, spools, new NoIntake(), new DiskRoom(spools), new InUse(), limits)));
        bySpools.put(spools, made);
        return made;
    }

    private Place onDisk(
            Configured configured, Path root, UpstreamChild child, UpstreamAccess access, UpstreamLimits limits) {
        Retention retention = configured.upstream().retention();
        UpstreamStorage storage =
                new UpstreamStorage(configured.name(), root, retention, retention.keep(configured.environment()));
        ContentStore store = new ContentStore(storage.layout(), storage.inUse(), child::isChecked, memory);
        Fetches fetches = new Fetches(
                access,
                downloads,
                storage.layout().spools(),
                new FileIntake(store),
                eviction.room(storage),
                storage.inUse(),
                limits);
        return new Place(storage.layout().spools(), Optional.of(storage), Optional.of(store), fetches);
    }

    /** Forgets a place of which nothing is under way. */
    void drop(Place place) {
        bySpools.remove(place.spools());
    }

    /** Lets the limits be for all places that there are now, and leaves the roots of others. */
    void cover() throws IOException {
        List<UpstreamStorage> storages = bySpools.values().stream()
                .flatMap(place -> place.storage().stream())
                .toList();
        eviction.cover(storages);
        Set<Path> roots = storages.stream()
                .flatMap(it -> Optional.ofNullable(it.layout().folder().getParent()).stream())
                .collect(Collectors.toSet());
        folder.leaveOthers(roots);
    }

    void close() {
        Collection<Place> all = bySpools.values();
        all.forEach(place -> place.fetches().close());
    }

    /** The stored content that is in memory. */
    SmallContent memory() {
        return memory;
    }

    Eviction eviction() {
        return eviction;
    }
}
