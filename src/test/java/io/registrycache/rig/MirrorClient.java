package io.registrycache.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A client that is told by {@code registries.conf} alone where images really come from, with storage of its own. */
public final class MirrorClient implements AutoCloseable {

    /** Which client. */
    public enum Kind {
        PODMAN,
        BUILDAH,
        SKOPEO;

        private String program() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Skips the test, so that one can see it, where it is not to be had. */
        public void assumeAvailable() {
            if (this == SKOPEO) {
                Needs.programs(program());
            } else {
                Needs.rootAnd(program());
            }
        }
    }

    private final TempFolder folder = TempFolder.create();
    private final Kind kind;
    private final Map<String, String> environment = Environment.clean();

    private MirrorClient(Kind kind) {
        this.kind = kind;
        // The result of a test must not depend on the machine's configuration.
        environment.put("HOME", folder.path().toString());
        environment.remove("XDG_RUNTIME_DIR");
    }

    /** A client that reads the recipe as its only configuration of registries. */
    public static MirrorClient start(Kind kind, Recipe registriesConf) throws IOException {
        MirrorClient client = new MirrorClient(kind);
        Path file = registriesConf.writeTo(client.registries());
        client.environment.put("CONTAINERS_REGISTRIES_CONF", file.toString());
        client.environment.put("TMPDIR", client.folder.path().toString());
        Files.writeString(client.policy(), "{\"default\": [{\"type\": \"insecureAcceptAnything\"}]}");
        return client;
    }

    /** Pulls an image by the name that it has at its upstream, and returns the digest of its manifest. */
    public String pull(String reference) throws IOException {
        return switch (kind) {
            case PODMAN -> {
                command("pull", "--signature-policy=" + policy(), "--arch=amd64", reference)
                        .run();
                yield command("image", "inspect", "--format={{.Digest}}", reference)
                        .run()
                        .strip();
            }
            case BUILDAH -> {
                command("pull", "--signature-policy=" + policy(), "--arch=amd64", reference)
                        .run();
                yield command("images", "--format={{.Digest}}", reference).run().strip();
            }
            case SKOPEO -> {
                Path image = folder.resolve("image");
                command("copy", "--policy=" + policy(), "docker://" + reference, "dir:" + image)
                        .run();
                yield Sha256.of(Files.readAllBytes(image.resolve("manifest.json")));
            }
        };
    }

    private Path registries() {
        return folder.resolve("registries.conf");
    }

    private Path policy() {
        return folder.resolve("policy.json");
    }

    private Command command(String... words) {
        Command program = new Command(List.of(Environment.required(kind.program())), environment);
        return kind == Kind.SKOPEO
                ? program.and("--registries-conf=" + registries(), "--override-os=linux", "--override-arch=amd64")
                        .and(words)
                : program.and(
                                "--root=" + folder.resolve("root"),
                                "--runroot=" + folder.resolve("run"),
                                "--storage-driver=vfs")
                        .and(words);
    }

    @Override
    public void close() {
        folder.close();
    }
}
