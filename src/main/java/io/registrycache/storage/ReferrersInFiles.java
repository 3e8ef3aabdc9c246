package io.registrycache.storage;

import io.registrycache.request.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Lists of referrers beside the child's folder: one folder for each repository, one file for each list, both named by
 * hashes, so that no name is too long or hostile. They are counted, and evicted when they were not used for long, as
 * content is.
 */
public final class ReferrersInFiles implements ReferrerLists {

    /** When there are more, the half of them goes that was not used for longer. */
    private static final int MOST_FILES = 10_000;

    private record Aged(Path file, long lastUse) {}

    private final Layout layout;
    private final int mostFiles;
    /** Of files, or a few more, as eviction removes some; negative as long as they are not counted. */
    private int count = -1;

    public ReferrersInFiles(Layout layout) {
        this(layout, MOST_FILES);
    }

    ReferrersInFiles(Layout layout, int mostFiles) {
        this.layout = layout;
        this.mostFiles = mostFiles;
    }

    @Override
    public synchronized Optional<byte[]> find(String repository, String target) throws IOException {
        Path file = file(repository, target);
        try {
            byte[] list = Files.readAllBytes(file);
            use(file);
            return Optional.of(list);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    @Override
    public synchronized void put(String repository, String target, byte[] list) throws IOException {
        Path file = file(repository, target);
        boolean isNew = !Files.exists(file);
        if (!isNew && Arrays.equals(list, Files.readAllBytes(file))) {
            use(file);
            return;
        }
        if (isNew) {
            makeRoom();
            Files.createDirectories(file.getParent());
            count++;
        }
        Files.write(file, list);
    }

    @Override
    public synchronized void remove(String repository, String target) throws IOException {
        if (Files.deleteIfExists(file(repository, target))) {
            count--;
        }
    }

    private static void use(Path file) throws IOException {
        long now = System.currentTimeMillis();
        if (LastUse.isDue(Files.readAttributes(file, BasicFileAttributes.class), now)) {
            LastUse.record(file, now);
        }
    }

    private Path file(String repository, String target) {
        Digest name = Digest.sha256Of(target.getBytes(StandardCharsets.UTF_8));
        return layout.referrers(repository).resolve(name.algorithm() + "-" + name.hex());
    }

    private void makeRoom() throws IOException {
        if (count >= 0 && count < mostFiles) {
            return;
        }
        List<Aged> all = files();
        if (all.size() >= mostFiles) {
            all.sort(Comparator.comparingLong(Aged::lastUse));
            List<Aged> oldest = all.subList(0, (all.size() + 1) / 2);
            for (Aged old : oldest) {
                Files.deleteIfExists(old.file());
            }
            oldest.clear();
        }
        count = all.size();
    }

    private List<Aged> files() throws IOException {
        List<Aged> found = new ArrayList<>();
        new StoredFiles() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                found.add(new Aged(file, LastUse.of(attributes)));
                return FileVisitResult.CONTINUE;
            }
        }.walk(layout.referrers());
        return found;
    }
}
