package io.registrycache.storage;

import io.registrycache.request.Digest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where things lie in the folder of one upstream: its child's content as in distribution's registry/storage/paths.go,
 * and our own downloads and lists of referrers beside it.
 *
 * @param folder the child's root directory
 */
public record Layout(Path folder) {

    /** Beside the child's own folder, so that a move within one file system makes a spool stored content. */
    public static final String SPOOLS = "_fetches";

    /** In the folder of a repository, content that is being pushed or stored. */
    static final String UPLOADS = "_uploads";

    private static final String REFERRERS = "_referrers";
    private static final String MANIFESTS = "_manifests";
    private static final String LAYERS = "_layers";

    /** Ends the name of the record that lies beside a spool. */
    public static final String SPOOL_RECORD = ".parts";

    private static final Pattern BLOB = Pattern.compile(".*/(sha256|sha512)/[0-9a-f]{2}/([0-9a-f]{64,128})/data");
    private static final Pattern REPOSITORY = Pattern.compile("[a-z0-9][a-z0-9._-]*(?:/[a-z0-9][a-z0-9._-]*)*");
    private static final Pattern SPOOL = Pattern.compile(".*/(sha256|sha512)-([0-9a-f]{64,128})");

    /** Whether a text that may be of any origin is a repository's name that can become part of a path. */
    static boolean isRepository(String name) {
        return REPOSITORY.matcher(name).matches();
    }

    /** The folders with the links of the repository whose folder this is. */
    static List<Path> links(Path repository) {
        return List.of(repository.resolve(MANIFESTS), repository.resolve(LAYERS));
    }

    /** Whether a child has stored anything here. */
    public boolean isUsed() {
        return Files.isDirectory(registry());
    }

    Path registry() {
        return folder.resolve("docker/registry/v2");
    }

    Path blobs() {
        return registry().resolve("blobs");
    }

    Path repositories() {
        return registry().resolve("repositories");
    }

    Path repository(String name) {
        return repositories().resolve(name);
    }

    Path manifests(String repository) {
        return repository(repository).resolve(MANIFESTS).resolve("revisions");
    }

    Path tags(String repository) {
        return repository(repository).resolve(MANIFESTS).resolve("tags");
    }

    Path layers(String repository) {
        return repository(repository).resolve(LAYERS);
    }

    public Path spools() {
        return folder.resolve(SPOOLS);
    }

    /** Lists of referrers, beside the child's own folder. */
    Path referrers() {
        return folder.resolve(REFERRERS);
    }

    /** Those of one repository, whose name may be longer than a file's. */
    Path referrers(String repository) {
        return referrers()
                .resolve(Digest.sha256Of(repository.getBytes(StandardCharsets.UTF_8))
                        .hex());
    }

    /** The file with the bytes of a digest. */
    Path data(Digest digest) {
        return blobs().resolve(digest.algorithm() + "/" + digest.hex().substring(0, 2) + "/" + digest.hex() + "/data");
    }

    /** Below a folder of links, the folder of one digest. */
    static Path link(Path links, Digest digest) {
        return links.resolve(digest.algorithm() + "/" + digest.hex());
    }

    /** The digest that names a blob's file, a download, or a list of referrers. */
    static Optional<Digest> digestOf(Path file) {
        return digest(BLOB.matcher(file.toString())).or(() -> digestOfSpool(file));
    }

    /** The digest of a download's file. */
    public static Optional<Digest> digestOfSpool(Path spool) {
        return digest(SPOOL.matcher(spool.toString()));
    }

    private static Optional<Digest> digest(Matcher matcher) {
        return matcher.matches() ? Optional.of(new Digest(matcher.group(1), matcher.group(2))) : Optional.empty();
    }
}
