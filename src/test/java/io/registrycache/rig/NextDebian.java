package io.registrycache.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Clients of Debian's release after the one that this machine may have, downloaded with apt and unpacked beside the
 * system, whose own packages and lists stay as they are.
 */
public final class NextDebian {

    private static final String RELEASE = "trixie";
    private static final Path FOLDER = Path.of("target", "next-debian").toAbsolutePath();
    private static final Path KEYRING = Path.of("/usr/share/keyrings/debian-archive-keyring.gpg");

    private NextDebian() {}

    /** A program of the package of the same name; skips the test where it cannot be had. */
    public static Path program(String name) {
        return file(name, "usr/bin/" + name);
    }

    /**
     * A file of a package; skips the test where it cannot be had.
     *
     * @param path such as {@code usr/sbin/dockerd}
     */
    public static Path file(String name, String path) {
        Path file = FOLDER.resolve(path);
        if (!Files.exists(file)) {
            Needs.programs("apt-get", "dpkg");
            Needs.that(Files.exists(KEYRING) && archive().isPresent(), "Debian's archive for " + name);
            unpack(name);
        }
        return file;
    }

    private static void unpack(String name) {
        Path packages = FOLDER.resolve("packages");
        try {
            Files.createDirectories(packages);
            Files.createDirectories(FOLDER.resolve("apt/lists/partial"));
            Files.createDirectories(FOLDER.resolve("apt/cache/archives/partial"));
            Files.writeString(
                    FOLDER.resolve("apt/sources.list"),
                    "deb [signed-by=" + KEYRING + "] " + archive().orElseThrow() + " " + RELEASE + " main\n");
            Files.writeString(FOLDER.resolve("apt/status"), "");
            Files.writeString(
                    FOLDER.resolve("apt/apt.conf"),
                    String.join(
                            "\n",
                            List.of(
                                    "Dir::Etc::sourcelist \"" + FOLDER + "/apt/sources.list\";",
                                    "Dir::Etc::sourceparts \"/dev/null\";",
                                    "Dir::State::lists \"" + FOLDER + "/apt/lists\";",
                                    "Dir::State::status \"" + FOLDER + "/apt/status\";",
                                    "Dir::Cache \"" + FOLDER + "/apt/cache\";",
                                    "APT::Sandbox::User \"root\";")));
            // With the proxy that the machine may need.
            Map<String, String> environment = new HashMap<>(System.getenv());
            environment.put("APT_CONFIG", FOLDER.resolve("apt/apt.conf").toString());
            new Command(List.of("apt-get", "-q", "update"), environment).run();
            String folder = "cd " + packages + " && ";
            new Command(List.of("sh", "-c", folder + "apt-get -q download " + name), environment).run();
            Command.of("sh", "-c", folder + "dpkg -x " + name + "_*.deb " + FOLDER)
                    .run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where this machine gets its packages from. */
    private static Optional<String> archive() {
        String targets = Command.of("apt-get", "indextargets", "--format", "$(ORIGIN) $(COMPONENT) $(REPO_URI)")
                .run();
        return Stream.of(targets.split("\n"))
                .map(line -> line.split(" "))
                .filter(words -> words.length == 3 && words[0].equals("Debian") && words[1].equals("main"))
                .map(words -> words[2])
                .filter(uri -> !uri.contains("security"))
                .findFirst();
    }
}
