package io.registrycache.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.registrycache.config.ConfigException;
import io.registrycache.config.Upstream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFolderTest {

    @TempDir
    Path crashed;

    @TempDir
    Path storage;

    private Path config;
    private Process child;

    @BeforeEach
    void aRunningChild() throws IOException {
        config = crashed.resolve("ghcr.io.json");
        child = new ProcessBuilder("sh", "-c", "sleep 100; :", "sh", config.toString()).start();
    }

    @AfterEach
    void end() {
        child.destroyForcibly();
    }

    private static RunFolder open(Path folder) throws IOException {
        return open(folder, Map.of());
    }

    private static RunFolder open(Path folder, Map<String, String> variables) throws IOException {
        return RunFolder.open(
                Map.of("REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY", folder.toString()),
                List.of(Upstream.of("test", "ghcr.io", "", List.of(), variables)));
    }

    /** Writes the notes of a run on another storage, as if it had been killed on this one. */
    private void crash(Path noted) throws IOException {
        try (RunFolder before = open(crashed)) {
            before.remember(child, noted);
            Path here = Files.createDirectories(storage.resolve(".docker-registry-cache"));
            Path note = before.path().resolve(child.pid() + ".child");
            Files.copy(note, here.resolve(note.getFileName()));
            Files.createFile(here.resolve("running"));
        }
    }

    @Test
    void shouldEndChildrenOfARunThatWasKilled() throws Exception {
        crash(config);

        try (RunFolder folder = open(storage)) {
            assertThat(child.waitFor(5, TimeUnit.SECONDS)).isTrue();
            assertThat(folder.isAfterCrash(storage)).isTrue();
        }
    }

    @Test
    void shouldSpareAStrangerThatHasTheSameNumber() throws Exception {
        crash(crashed.resolve("another.json"));

        try (RunFolder folder = open(storage)) {
            assertThat(child.isAlive()).isTrue();
            assertThat(folder.path()).isDirectoryNotContaining("glob:**.child");
        }
    }

    @Test
    void shouldRefuseASecondRunAndLeaveNothingBehind() throws Exception {
        try (RunFolder first = open(storage)) {
            assertThat(first.isAfterCrash(storage)).isFalse();
            assertThatThrownBy(() -> open(storage))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("is in use by another docker-registry-cache");
        }
        try (RunFolder next = open(storage)) {
            assertThat(next.isAfterCrash(storage)).isFalse();
        }
        assertThat(storage.resolve(".docker-registry-cache")).isEmptyDirectory();
    }

    @Test
    void shouldRefuseASecondRunOnTheRootOfOneUpstream(@TempDir Path another) throws Exception {
        Map<String, String> variables = Map.of("REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY", storage.toString());

        try (RunFolder first = open(another, variables)) {
            assertThat(first.path().getParent()).isEqualTo(another);
            assertThatThrownBy(() -> open(storage)).hasMessageContaining("is in use by another docker-registry-cache");
        }
        assertThat(storage.resolve(".docker-registry-cache")).isEmptyDirectory();
    }

    @Test
    void shouldEndChildrenOfAKilledRunOnABucket() throws Exception {
        Path left;
        try (RunFolder before = open(crashed)) {
            before.remember(child, config);
            left = Files.createTempDirectory("docker-registry-cache");
            Files.copy(before.path().resolve(child.pid() + ".child"), left.resolve("1.child"));
            Files.createFile(left.resolve("ghcr.io.json"));
            Files.createFile(left.resolve("running"));
        }

        try (RunFolder folder = RunFolder.open(Map.of("REGISTRY_STORAGE", "s3"), List.of())) {
            assertThat(child.waitFor(5, TimeUnit.SECONDS)).isTrue();
            assertThat(left).doesNotExist();
            assertThat(folder.path()).isDirectory();
        }
    }

    @Test
    void shouldTakeAndLeaveTheRootOfAnUpstreamThatIsAddedLater(@TempDir Path another) throws Exception {
        Map<String, String> variables = Map.of("REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY", storage.toString());
        Upstream added = Upstream.of("test", "quay.io", "", List.of(), variables);
        Path running = storage.resolve(".docker-registry-cache/running");

        try (RunFolder folder = open(another)) {
            folder.take(Map.of(), List.of(added));
            assertThatThrownBy(() -> open(storage)).hasMessageContaining("is in use by another docker-registry-cache");
            folder.leaveOthers(List.of(storage));
            assertThat(running).exists();
            folder.leaveOthers(List.of());
            assertThat(running).doesNotExist();
            assertThat(another.resolve(".docker-registry-cache/running")).exists();
        }
        assertThat(another.resolve(".docker-registry-cache")).isEmptyDirectory();
    }

    @Test
    void shouldTakeNoRootIfOneIsInUse(@TempDir Path another, @TempDir Path third) throws Exception {
        Upstream free = Upstream.of(
                "test", "a.io", "", List.of(), Map.of("REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY", third.toString()));
        Upstream used = Upstream.of(
                "test", "b.io", "", List.of(), Map.of("REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY", another.toString()));

        try (RunFolder folder = open(storage);
                RunFolder other = open(another)) {
            assertThat(other.isAfterCrash(another)).isFalse();
            assertThatThrownBy(() -> folder.take(Map.of(), List.of(free, used)))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("is in use");
            assertThat(third.resolve(".docker-registry-cache/running")).doesNotExist();
        }
    }

    @Test
    void shouldMakeATemporaryFolderAgainThatWasRemoved() throws Exception {
        Map<String, String> bucket = Map.of("REGISTRY_STORAGE", "s3");
        try (RunFolder folder = RunFolder.open(bucket, List.of())) {
            remove(folder.path());
            // As a download does.
            Files.createDirectories(folder.path().resolve("_fetches/ghcr.io"));

            folder.restore();

            assertThat(Files.getPosixFilePermissions(folder.path()))
                    .isEqualTo(PosixFilePermissions.fromString("rwx------"));
            folder.remember(child, config);
            RunFolder.open(bucket, List.of()).close();
            assertThat(child.isAlive()).as("the folder is seen to be in use").isTrue();
            remove(folder.path());
            folder.restore();
            assertThat(folder.path().resolve("running")).exists();
        }
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    @Test
    void shouldRefuseAFolderThatIsAStrangersNow() throws Exception {
        Assumptions.assumeTrue(Files.getOwner(Path.of("/proc/self")).getName().equals("root"));
        try (RunFolder folder = RunFolder.open(Map.of("REGISTRY_STORAGE", "s3"), List.of())) {
            remove(folder.path());
            Files.createDirectory(folder.path());
            Files.setOwner(
                    folder.path(),
                    folder.path()
                            .getFileSystem()
                            .getUserPrincipalLookupService()
                            .lookupPrincipalByName("nobody"));

            assertThatThrownBy(folder::restore).isInstanceOf(IOException.class).hasMessageContaining("another user's");
        }
    }
}
