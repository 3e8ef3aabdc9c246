package io.registrycache.fuzz;

import java.util.List;
import java.util.Random;

/**
 * Makes attempts. The repository {@code secret/vault} is only ever asked for in ways that must not lead to it; what is
 * mutated does not name it, for a mutation may make an honest request of anything.
 */
public final class Attempts {

    private static final String UNKNOWN = "sha256:" + "0123456789abcdef".repeat(4);
    /** The more often, the likelier. */
    private static final List<String> METHODS =
            List.of("GET", "GET", "GET", "GET", "GET", "HEAD", "HEAD", "POST", "OPTIONS", "get", "X");

    private static final List<String> ROOTS = List.of(
            "/v2/ghcr.io/",
            "/v2/ghcr.io/",
            "/v2/ghcr.io/",
            "/v2/",
            "/ghcr.io/v2/",
            "http://other/v2/ghcr.io/",
            "/v2/docker.io/",
            "/v2/quay.io/",
            "//v2/",
            "/V2/ghcr.io/");
    private static final List<String> NAMES = List.of(
            "open/image",
            "open/image",
            "open/image",
            "open/image",
            "image",
            "a/b/c/d/e",
            "Open/Image",
            "open//image",
            "o-p.e_n/i__m",
            "manifests",
            "");
    private static final List<String> TAILS = List.of(
            "/manifests/1",
            "/manifests/none",
            "/manifests/" + UNKNOWN,
            "/blobs/" + UNKNOWN,
            "/blobs/" + UNKNOWN,
            "/blobs/" + UNKNOWN,
            "/blobs/sha256:1",
            "/tags/list",
            "/tags/list?n=1&last=a",
            "/tags/list?n=-1",
            "/referrers/" + UNKNOWN,
            "/referrers/" + UNKNOWN + "?artifactType=a%2Fb%0d%0aX:&next=%3E",
            "/blobs/uploads/",
            "");
    private static final List<String> HEADERS = List.of(
            "Accept: */*",
            "Accept:",
            "Accept: application/vnd.oci.image.manifest.v1+json",
            "Accept: a\u0001\u007f\u00ffb",
            "Accept: \u00ff\u0080, x/y",
            "User-Agent: \u0001\u0002",
            "If-Range: \t\u001b[31m",
            "Range: bytes=0-5",
            "Range: bytes=-0",
            "Range: bytes=5-1,,9-",
            "Range: bytes=99999999999999999999-",
            "If-None-Match: *",
            "If-Modified-Since: yesterday",
            "Connection: keep-alive, Host, Content-Length",
            "Connection: upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__",
            "Expect: 100-continue",
            "Authorization: Basic !!!",
            "Accept-Encoding: gzip;q=nan",
            "CamelHttpUri: http://127.0.0.1:1/",
            "CamelExecCommandExecutable: reboot",
            "X-Forwarded-Host: ${sys:user.name}",
            "Cookie: a=\u00ff\u0001",
            "Host: second");
    private static final List<String> STEPS = List.of(
            "..",
            "%2e%2e",
            ".%2E",
            "%252e%252e",
            "..%00",
            "..;",
            "%2e%2e%2f",
            "..%5c",
            "..\\",
            "%c0%ae%c0%ae",
            "...",
            "%u002e");
    private static final List<String> LENGTHS = List.of(
            "Content-Length: %d\r\nTransfer-Encoding: chunked",
            "Transfer-Encoding: chunked\r\nContent-Length: %d",
            "Transfer-Encoding : chunked\r\nContent-Length: %d",
            "Transfer-Encoding: xchunked\r\nContent-Length: %d",
            "Transfer-Encoding:\tchunked",
            "Transfer-Encoding: identity, chunked",
            "Transfer-Encoding: chunked, identity",
            "Transfer-Encoding: CHUNKED",
            "Content-Length: %d\r\nContent-Length: 3",
            "Content-Length: %d, %<d",
            "Content-Length: 00%d",
            "Content-Length: +%d",
            "Content-Length: 0x%x",
            "Content-Length: -%d",
            "Content-Length: %d.0",
            "Content-Length: 99999999999999999999999",
            "Content-Length: %d");

    private final Random random;
    private final String blob;

    private Attempts(Random random, String blob) {
        this.random = random;
        this.blob = blob;
    }

    /**
     * Makes one; the same from the same.
     *
     * @param blob the digest of one that is in {@code open/image}
     */
    public static Attempt of(long seed, int number, String blob) {
        return new Attempts(new Random(seed * 1_000_003 + number), blob).attempt(number);
    }

    private Attempt attempt(int number) {
        Attempt.Kind kind = pick(List.of(Attempt.Kind.values()));
        String text = switch (kind) {
            case VALID -> request(target());
            case MUTATED -> mutated(request(target()));
            case NOISE -> noise(random.nextInt(2000));
            case TRAVERSAL -> request(traversal());
            case SMUGGLING -> smuggling();
            case LONG -> lengthy();
            case PIPELINE -> pipeline();
        };
        return new Attempt(kind, number, text);
    }

    private String target() {
        String target = pick(ROOTS) + pick(NAMES) + pick(TAILS);
        if (random.nextBoolean()) {
            // Not as a manifest, with which version 2.8 of the registry fails, and that is an upstream's right.
            target = target.replace("/blobs/" + UNKNOWN, "/blobs/" + blob);
        }
        return random.nextInt(4) > 0
                ? target
                : target + (target.contains("?") ? "&" : "?") + "ns="
                        + pick(List.of(
                                "ghcr.io", "docker.io", "quay.io", "127.0.0.1%3A80", "http://127.0.0.1", "%00", ""));
    }

    private String request(String target) {
        StringBuilder text = new StringBuilder(pick(METHODS) + " " + target + " HTTP/1.1\r\nHost: cache\r\n");
        for (int i = random.nextInt(4); i > 0; i--) {
            text.append(pick(HEADERS)).append("\r\n");
        }
        return text.append("\r\n").toString();
    }

    private String mutated(String text) {
        StringBuilder mutated = new StringBuilder(text);
        for (int i = 1 + random.nextInt(6); i > 0; i--) {
            int at = random.nextInt(mutated.length());
            switch (random.nextInt(6)) {
                case 0 -> mutated.setCharAt(at, (char) random.nextInt(256));
                case 1 -> mutated.insert(at, noise(1 + random.nextInt(5)));
                case 2 -> mutated.deleteCharAt(at);
                case 3 ->
                    mutated.insert(
                            at,
                            pick(List.of(
                                    "%", "%00", "%2f", "%zz", "/../", "//", "\0", "\r", "\n", "\r\n", " ", "?", "#")));
                case 4 -> mutated.insert(at, mutated.substring(random.nextInt(at + 1), at));
                default -> mutated.insert(at, String.format("%%%02x", random.nextInt(256)));
            }
        }
        return mutated.toString();
    }

    private String noise(int length) {
        StringBuilder noise = new StringBuilder();
        for (int i = 0; i < length; i++) {
            noise.append((char) (random.nextInt(10) == 0 ? '\n' : random.nextInt(256)));
        }
        return noise.toString();
    }

    private String traversal() {
        String slash = pick(List.of("/", "//", "%2f", "%2F", "/./"));
        String up = pick(STEPS) + slash;
        return pick(List.of(
                "/v2/ghcr.io/open/" + up + "secret/vault/manifests/1",
                "/v2/ghcr.io/open/image/" + up + up + "secret/vault/manifests/1",
                "/v2/ghcr.io/open/image/blobs/" + up + up + up + "secret/vault/manifests/1",
                "/v2/ghcr.io/open/image/manifests/" + up + up + up + "secret/vault/manifests/1",
                "/v2/ghcr.io/open/image/tags/" + up + up + up + "secret/vault/tags/list",
                "/v2/ghcr.io/open/image/manifests/1" + slash + up + up + up + up + "v2/secret/vault/tags/list",
                "/ghcr.io/" + up + "v2/" + up + "secret/vault/tags/list",
                "/v2/ghcr.io/open/image/tags/list%20HTTP/1.1%0d%0aHost:%20x%0d%0a%0d%0aGET%20/v2/secret/vault/tags/list",
                "/v2/ghcr.io/open/image/tags/list?n=1%0d%0a%0d%0aGET%20/v2/secret/vault/tags/list",
                "/v2/ghcr.io/open/image/tags/list?last=" + up + up + "secret/vault/tags/list",
                "/v2/ghcr.io/open/image/manifests/1#/" + up + "secret/vault/manifests/1",
                "/v2/ghcr.io/open/image/manifests/1;" + up + "secret/vault/manifests/1"));
    }

    /** Another request inside the body of the first, for who does not see where that ends. */
    private String smuggling() {
        String inside = "GET /v2/ghcr.io/secret/vault/manifests/1 HTTP/1.1\r\nHost: inside\r\n\r\n";
        String body = pick(List.of("0\r\n\r\n" + inside, inside, "5\r\nhello\r\n0\r\n\r\n" + inside, "1;\n" + inside));
        String head = pick(List.of("GET", "HEAD", "POST")) + " /v2/ghcr.io/open/image/manifests/1 HTTP/1."
                + random.nextInt(2) + "\r\nHost: cache\r\n";
        return head + String.format(pick(LENGTHS), body.length()) + "\r\n\r\n" + body;
    }

    private String lengthy() {
        int length = 1 << random.nextInt(17);
        return switch (random.nextInt(5)) {
            case 0 -> request("/v2/ghcr.io/" + "a".repeat(length) + "/manifests/1");
            case 1 -> request("/v2/ghcr.io/" + "a/".repeat(length / 2) + "b/manifests/1");
            case 2 -> request("/v2/ghcr.io/open/image/manifests/" + "t".repeat(length));
            case 3 -> request("/v2/ghcr.io/open/image/tags/list?last=" + "%41".repeat(length / 3));
            default ->
                "GET /v2/ HTTP/1.1\r\nHost: cache\r\n"
                        + ("X-" + "y".repeat(length) + ": z\r\n").repeat(1 + random.nextInt(40)) + "\r\n";
        };
    }

    private String pipeline() {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(40); i > 0; i--) {
            text.append(random.nextInt(8) > 0 ? request(target()) : noise(random.nextInt(60)));
        }
        return text.toString();
    }

    private <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
