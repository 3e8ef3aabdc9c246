package io.registrycache.rig;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** An S3 service with one bucket, as S3Proxy gives it on a folder. */
public final class S3Proxy implements AutoCloseable {

    public static final String BUCKET = "registry";
    public static final String ACCESS_KEY = "0123";
    /** Has characters that are special in YAML. */
    public static final String SECRET_KEY = "s3[{&: '#!secret";

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Path LIBRARIES = Path.of("target/s3proxy/lib");

    private final TempFolder folder = TempFolder.create();
    private final int port = Ports.free();
    private Program program;

    private S3Proxy() {
        try {
            Files.createDirectories(bucket());
            Files.writeString(
                    folder.resolve("s3proxy.conf"),
                    """
                    s3proxy.endpoint=http://127.0.0.1:%d
                    s3proxy.authorization=aws-v2-or-v4
                    s3proxy.identity=%s
                    s3proxy.credential=%s
                    s3proxy.ignore-unknown-headers=true
                    jclouds.provider=filesystem-nio2
                    jclouds.identity=none
                    jclouds.credential=none
                    jclouds.filesystem.basedir=%s
                    """.formatted(port, ACCESS_KEY, SECRET_KEY, folder.resolve("buckets")),
                    UTF_8);
            program = launch();
        } catch (IOException e) {
            folder.close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    public static S3Proxy start() {
        return new S3Proxy();
    }

    private Program launch() throws IOException {
        if (!Files.isDirectory(LIBRARIES)) {
            // Apart from the test's own class path, for it wants other versions of the same libraries.
            Command.of("mvn", "-q", "-B", "-f", "src/test/s3proxy/pom.xml", "dependency:copy-dependencies")
                    .run();
        }
        Program started = Program.start(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        LIBRARIES.toAbsolutePath() + "/*",
                        "org.gaul.s3proxy.Main",
                        "--properties",
                        folder.resolve("s3proxy.conf").toString()),
                Environment.clean(),
                folder.resolve("output.log"));
        started.awaitReady(
                PATIENCE, () -> HttpProbe.status("127.0.0.1:" + port, "/").isPresent());
        return started;
    }

    /** Where the objects lie, so that a test can look, and take the bucket away. */
    public Path bucket() {
        return folder.resolve("buckets/" + BUCKET);
    }

    /** The variables of a cache that stores here. */
    public Map<String, String> variables() {
        return Map.of(
                "REGISTRY_STORAGE",
                "s3",
                "REGISTRY_STORAGE_S3_BUCKET",
                BUCKET,
                "REGISTRY_STORAGE_S3_REGION",
                "us-east-1",
                "REGISTRY_STORAGE_S3_REGIONENDPOINT",
                "http://127.0.0.1:" + port,
                "REGISTRY_STORAGE_S3_SECURE",
                "false",
                "REGISTRY_STORAGE_S3_ACCESSKEY",
                ACCESS_KEY,
                "REGISTRY_STORAGE_S3_SECRETKEY",
                SECRET_KEY);
    }

    /** How many blobs are stored of an upstream. */
    public long blobs(String upstream) throws IOException {
        Path blobs = bucket().resolve(upstream + "/docker/registry/v2/blobs");
        if (!Files.isDirectory(blobs)) {
            return 0;
        }
        try (Stream<Path> files = Files.walk(blobs)) {
            return files.filter(file -> file.endsWith("data")).count();
        }
    }

    /**
     * Deletes objects one by one, as a lifecycle rule of the bucket does, and returns their keys.
     *
     * @param which says of a key, such as {@code ghcr.io/docker/registry/v2/…}, whether it goes
     */
    public List<String> expire(Predicate<String> which) throws IOException {
        List<String> keys;
        try (Stream<Path> files = Files.walk(bucket())) {
            keys = files.filter(Files::isRegularFile)
                    .map(file -> bucket().relativize(file).toString())
                    .filter(which)
                    .toList();
        }
        try (HttpProbe probe = HttpProbe.connect("127.0.0.1:" + port)) {
            for (String key : keys) {
                delete(probe, key);
            }
        }
        return keys;
    }

    private static void delete(HttpProbe probe, String key) throws IOException {
        String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC));
        String path = "/" + BUCKET + "/" + key;
        probe.request(
                "DELETE",
                path,
                "Date: " + date,
                "Authorization: AWS " + ACCESS_KEY + ":" + signature("DELETE\n\n\n" + date + "\n" + path));
        int status = probe.receive().status();
        if (status != 204) {
            throw new IOException(key + " cannot be deleted: " + status);
        }
    }

    /** Version 2 of the AWS signature, which is the short one. */
    private static String signature(String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(SECRET_KEY.getBytes(UTF_8), "HmacSHA1"));
            return Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has it", e);
        }
    }

    /** Removes all objects whose key begins with a prefix. */
    public void remove(String prefix) throws IOException {
        try (Stream<Path> files = Files.walk(bucket().resolve(prefix))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Takes the service off the network. */
    public void stop() {
        program.close();
    }

    /** Brings it back with all it had. */
    public void restart() throws IOException {
        Ports.requireFree(port);
        program = launch();
    }

    @Override
    public void close() {
        program.close();
        folder.close();
    }
}
