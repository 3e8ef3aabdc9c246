package io.registrycache.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A containerd of the test's own, with no image in it, and its client ctr. */
public final class Containerd implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final TempFolder folder = TempFolder.create();
    private final String ctr;
    private final Program program;

    private Containerd(String containerd, String ctr) {
        this.ctr = ctr;
        try {
            // Kubernetes' side of it would look for network plugins.
            Path config = Files.writeString(folder.resolve("config.toml"), """
                    version = 2
                    root = "%1$s/root"
                    state = "%1$s/state"
                    disabled_plugins = ["io.containerd.grpc.v1.cri"]
                    [grpc]
                      address = "%1$s/socket"
                    [plugins."io.containerd.internal.v1.opt"]
                      path = "%1$s/opt"
                    """.formatted(folder.path()));
            this.program = Program.start(
                    List.of(containerd, "--config", config.toString()),
                    Environment.clean(),
                    folder.resolve("output.log"));
        } catch (IOException e) {
            folder.close();
            throw new UncheckedIOException(e);
        }
        try {
            program.awaitReady(PATIENCE, this::isServing);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    public static Containerd start() {
        return new Containerd(Environment.required("containerd"), Environment.required("ctr"));
    }

    /** Starts the one of Debian's next release; skips the test where it cannot be had. */
    public static Containerd startNext() {
        Needs.rootAnd();
        return new Containerd(
                NextDebian.program("containerd").toString(),
                NextDebian.file("containerd", "usr/bin/ctr").toString());
    }

    /** Skips the test, so that one can see it, where containerd is not installed. */
    public static void assumeAvailable() {
        Needs.rootAnd("containerd", "ctr");
    }

    /** The whole of a configuration as containerd reads it, which it refuses when it is malformed. */
    public static String dump(Path config) {
        return Command.of(Environment.required("containerd"), "--config", config.toString(), "config", "dump")
                .run();
    }

    private boolean isServing() {
        try {
            // A client waits for the socket by itself, but not for the daemon behind it.
            return Files.exists(folder.resolve("socket"))
                    && ctr("version").run().contains("Server:");
        } catch (IllegalStateException e) {
            return false;
        }
    }

    /**
     * Pulls an image, and unpacks it.
     *
     * @param hostsFolder the folder with {@code _default/hosts.toml}
     * @param options more of ctr's, such as {@code --all-platforms}
     */
    public void pull(String reference, Path hostsFolder, String... options) {
        // Copies files, where overlays may not be had.
        ctr("images", "pull", "--hosts-dir", hostsFolder.toString(), "--snapshotter=native", "--platform=linux/amd64")
                .and(options)
                .and(reference)
                .run();
    }

    /** The version of the daemon. */
    public String version() {
        return ctr("version").run();
    }

    /** The digest of the image of a name. */
    public String digest(String reference) {
        return ctr("images", "ls", "name==" + reference)
                .run()
                .lines()
                .skip(1)
                .map(line -> line.split("\\s+")[2])
                .findFirst()
                .orElseThrow();
    }

    public void remove(String reference) {
        ctr("images", "rm", "--sync", reference).run();
    }

    private Command ctr(String... words) {
        return Command.of(ctr, "--address", folder.resolve("socket").toString()).and(words);
    }

    @Override
    public void close() {
        program.close();
        try {
            Mounts.removeBelow(folder.path());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        folder.close();
    }
}
