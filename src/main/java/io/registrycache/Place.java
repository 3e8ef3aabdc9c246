package io.registrycache;

import io.registrycache.fetch.Fetches;
import io.registrycache.storage.ContentStore;
import io.registrycache.storage.UpstreamStorage;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where an upstream's content is stored and downloaded to.
 *
 * @param spools the folder of its downloads, which has no other place
 * @param storage empty if that is not a file system, and {@code store} likewise
 */
record Place(Path spools, Optional<UpstreamStorage> storage, Optional<ContentStore> store, Fetches fetches) {}
