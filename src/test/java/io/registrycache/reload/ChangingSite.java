package io.registrycache.reload;

import static org.awaitility.Awaitility.await;

import io.registrycache.rig.Blob;
import io.registrycache.rig.CacheProcess;
import io.registrycache.rig.ConfigElement;
import io.registrycache.rig.Credentials;
import io.registrycache.rig.Distance;
import io.registrycache.rig.HttpProbe;
import io.registrycache.rig.HttpReply;
import io.registrycache.rig.OciImage;
import io.registrycache.rig.PushedImage;
import io.registrycache.rig.TempFolder;
import io.registrycache.rig.TokenGate;
import io.registrycache.rig.UpstreamRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * A cache whose configuration is edited. {@code a.example} and {@code e.example}, of the YAML routes, stay; {@code b.example}
 * and {@code d.example} come and go; {@code c.example} changes its URL, credentials and storage. With each edit {@code a}
 * and {@code e} get another alias, by which its effect is seen.
 */
final class ChangingSite implements AutoCloseable {

    static final List<String> NAMES = List.of("a.example", "b.example", "c.example", "d.example", "e.example");
    private static final Duration EFFECT = Duration.ofSeconds(5);

    private final TempFolder folder = TempFolder.create();
    private final UpstreamRegistry upstream = UpstreamRegistry.open();
    private final Distance line = Distance.to(upstream.port(), Duration.ofMillis(20));
    private final List<TokenGate> gates = List.of(
            TokenGate.before(upstream, new Credentials("one", "first")),
            TokenGate.before(upstream, new Credentials("two", "second")));
    private final List<PushedImage> images = new ArrayList<>();
    private final Expectation expectation = new Expectation();
    private final Random random;
    private final CacheProcess cache;

    private boolean hasB = true;
    private boolean hasD;
    private String detailsOfA = "\"limit\": \"20MB\"";
    private int gate;
    private int root;
    private int threads = 100;
    private int edit;
    private long slowest;

    ChangingSite(long seed) throws IOException {
        random = new Random(seed);
        for (int i = 0; i < 6; i++) {
            try (OciImage image = OciImage.random(seed + i, 20_000, 300_000, 4_000_000)) {
                images.add(image.push(upstream, "image/" + i, "1"));
            }
        }
        copyRoutes();
        write(config(), config(""));
        write(routes(), yaml(""));
        cache = CacheProcess.builder()
                .env("CONFIG_FILE", config().toString())
                .env("ROUTES_DIR", folder.resolve("routes").toString())
                .env("SSL_CERT_DIR", "")
                .env("SSL_CERT_FILE", "")
                .jvm("-Xmx96m")
                .start();
        NAMES.forEach(name -> expectation.set(name, Expectation.State.CONFIGURED));
        expectation.set("d.example", Expectation.State.UNKNOWN);
    }

    /** With a shorter pause between two looks at the files, so that many edits take a short time. */
    private void copyRoutes() throws IOException {
        Files.createDirectory(folder.resolve("routes"));
        try (Stream<Path> routes = Files.list(Path.of("routes"))) {
            for (Path route : routes.toList()) {
                Files.writeString(
                        folder.resolve("routes").resolve(route.getFileName()),
                        Files.readString(route).replace("delay: 400", "delay: 100"));
            }
        }
    }

    CacheProcess cache() {
        return cache;
    }

    Expectation expectation() {
        return expectation;
    }

    PushedImage image(int number) {
        return images.get(number % images.size());
    }

    List<Blob> layers(int image) {
        return image(image).layers();
    }

    /** How long the slowest edit took until it had its effect, in milliseconds. */
    long slowest() {
        return slowest;
    }

    private Path config() {
        return folder.resolve("config.json");
    }

    private Path routes() {
        return folder.resolve("routes").resolve("upstreams.camel.yaml");
    }

    /** Edits both files, and waits until that has its effect. */
    void editBoth() {
        edit++;
        changeConfig();
        boolean wantsD = random.nextBoolean();
        boolean isBrokenConfig = random.nextInt(8) == 0;
        boolean isBrokenYaml = random.nextInt(8) == 0;
        boolean wantsB = hasB;
        if (random.nextInt(3) == 0) {
            wantsB = !hasB;
        }
        boolean applies = !isBrokenConfig && !isBrokenYaml;
        if (applies) {
            announce("b.example", hasB, wantsB);
            announce("d.example", hasD, wantsD);
        }
        boolean oldB = hasB;
        boolean oldD = hasD;
        hasB = wantsB;
        hasD = wantsD;
        String version = "v" + edit;
        long mistakes = mistakes();
        long begin = System.nanoTime();
        write(config(), isBrokenConfig ? brokenConfig() : config(version));
        write(routes(), isBrokenYaml ? brokenYaml() : yaml(version));
        if (applies) {
            await().pollInterval(Duration.ofMillis(20))
                    .atMost(EFFECT)
                    .until(() -> isKnown("a" + version + ".example") && isKnown("e" + version + ".example"));
            slowest = Math.max(slowest, (System.nanoTime() - begin) / 1_000_000);
            settle("b.example", wantsB);
            settle("d.example", wantsD);
        } else {
            long expected = mistakes + (isBrokenConfig ? 1 : 0) + (isBrokenYaml ? 1 : 0);
            await().pollInterval(Duration.ofMillis(20)).atMost(EFFECT).until(() -> mistakes() >= expected);
            hasB = oldB;
            hasD = oldD;
        }
    }

    private void announce(String name, boolean before, boolean after) {
        if (before != after) {
            expectation.set(name, Expectation.State.EITHER);
        }
    }

    private void settle(String name, boolean isConfigured) {
        expectation.set(name, isConfigured ? Expectation.State.CONFIGURED : Expectation.State.UNKNOWN);
    }

    private long mistakes() {
        return cache.program()
                .output()
                .lines()
                .filter(line -> line.contains(" ERROR "))
                .count();
    }

    private void changeConfig() {
        switch (random.nextInt(6)) {
            case 0 -> detailsOfA = "\"limit\": \"" + (10 + random.nextInt(20)) + "MB\"";
            case 1 -> detailsOfA = "\"limit\": \"15MB\", \"keep\": \"" + (1 + random.nextInt(9)) + "d\"";
            case 2 -> detailsOfA = "\"limit\": \"12MB\", \"pin\": [\"image/0:1\"], \"fresh\": \"1s\"";
            case 3 -> gate = 1 - gate;
            case 4 -> root = 1 - root;
            default -> threads = 201 - threads;
        }
    }

    private String config(String version) {
        String alias = version.isEmpty() ? "" : "\"a" + version + ".example\"";
        List<String> elements = new ArrayList<>();
        elements.add(
                ConfigElement.with(line.configElement("a.example"), "\"aliases\": [" + alias + "], " + detailsOfA));
        if (hasB) {
            elements.add(ConfigElement.with(line.configElement("b.example"), "\"limit\": \"12MB\""));
        }
        elements.add(gates.get(gate)
                .configElement("c.example")
                .replace(
                        "\"variables\":{",
                        "\"limit\":\"15MB\",\"variables\":{\"REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY\":\""
                                + folder.resolve("root" + root)
                                + "\",\"REGISTRY_STORAGE_FILESYSTEM_MAXTHREADS\":\"" + threads + "\","));
        return "[" + String.join(",\n ", elements) + "]\n";
    }

    private String yaml(String version) {
        StringBuilder yaml = new StringBuilder("# upstreams\n");
        yaml.append(route("e.example", version.isEmpty() ? "" : "e" + version + ".example"));
        if (hasD) {
            yaml.append(route("d.example", ""));
        }
        return yaml.toString();
    }

    private String route(String name, String aliases) {
        return """
                - templatedRoute:
                    routeTemplateRef: upstream
                    routeId: %s
                    parameters:
                      - { name: name, value: %s }
                      - { name: registry, value: "%s" }
                      - { name: aliases, value: "%s" }
                      - { name: limit, value: 12MB }
                """.formatted(name, name, line.url(), aliases);
    }

    private String brokenConfig() {
        String right = config("x" + edit);
        return switch (random.nextInt(3)) {
            case 0 -> right.substring(0, right.length() / 2 + random.nextInt(20));
            case 1 -> right.replaceFirst("\"limit\"", "\"limits" + edit + "\"");
            default -> right.replaceFirst("http://", "ftp" + edit + "://");
        };
    }

    private String brokenYaml() {
        String right = yaml("x" + edit);
        return random.nextBoolean()
                ? right.replaceFirst("routeId:", "routeIt" + edit + ":")
                : right.replaceFirst("    routeId", "  routeId").concat("# " + edit + "\n");
    }

    private boolean isKnown(String name) throws IOException {
        try (HttpProbe probe = HttpProbe.connect(cache.endpoint())) {
            probe.get("/v2/" + name + "/image/0/manifests/1", "Accept: " + image(0).mediaType());
            HttpReply reply = probe.receive();
            return reply.status() == 200;
        }
    }

    /** As editors do: in place, or by another file that is moved there. */
    private void write(Path file, String text) {
        try {
            if (random.nextBoolean()) {
                Files.writeString(file, text);
            } else {
                Path other = Files.writeString(folder.resolve("other"), text);
                Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        cache.close();
        gates.forEach(TokenGate::close);
        line.close();
        upstream.close();
        folder.close();
    }
}
