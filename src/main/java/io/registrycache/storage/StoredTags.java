package io.registrycache.storage;

import java.io.IOException;

/** The tags of stored repositories, found without the child. */
public final class StoredTags {

    private final FolderNames folders = new FolderNames((tag, names) -> names.add(tag));

    /** Those of a repository, in any order; none if no tag is stored. */
    public Names of(Layout layout, String repository) throws IOException {
        return folders.in(layout.tags(repository));
    }
}
