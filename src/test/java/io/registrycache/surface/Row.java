package io.registrycache.surface;

import io.registrycache.rig.HttpProbe;
import io.registrycache.rig.HttpReply;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One request, and the expectations on its answer; immutable, each method makes another.
 *
 * @param what the case in few words
 * @param upstream the one whose child is asked the same, by the upstream's own names
 */
public record Row(String what, String upstream, String method, String path, List<String> headers, List<Check> checks) {

    private static final Pattern CODE = Pattern.compile("^\\{\"errors\":\\[\\{\"code\":\"([A-Z_]+)\"");
    private static final Pattern EXAMPLE = Pattern.compile("^/v2/(\\w+\\.example)/");
    private static final List<String> OF_THE_CONNECTION = List.of("date:", "connection:");

    public Row {
        headers = List.copyOf(headers);
        checks = List.copyOf(checks);
    }

    static Row get(String what, String path) {
        return of(what, "GET", path);
    }

    static Row of(String what, String method, String path) {
        Matcher prefix = EXAMPLE.matcher(path);
        if (prefix.find()) {
            return new Row(what, prefix.group(1), method, path, List.of(), List.of());
        }
        String upstream = path.contains("docker.io") || path.contains("debian") ? "docker.io" : "ghcr.io";
        return new Row(what, upstream, method, path, List.of(), List.of());
    }

    Row called(String name) {
        return new Row(name, upstream, method, path, headers, checks);
    }

    Row with(String... lines) {
        return new Row(what, upstream, method, path, both(headers, lines), checks);
    }

    Row must(Check... more) {
        return new Row(what, upstream, method, path, headers, both(checks, more));
    }

    /** It must be refused so, as registries say it. */
    Row error(int status, String code) {
        return must(Check.status(status), Check.code(code), Check.headerLike("Content-Type", "application/json.*"));
    }

    /** It must be the content of this type, whole. */
    Row content(String mediaType, byte[] bytes) {
        return must(Check.status(200), Check.header("Content-Type", mediaType), Check.body(bytes));
    }

    private static <T> List<T> both(List<T> list, T[] more) {
        return Stream.concat(list.stream(), Stream.of(more)).toList();
    }

    /** Asks it as a client asks the cache. */
    public Outcome askCache(String endpoint) {
        return ask(endpoint, path);
    }

    /** Asks it as the cache asks the child: by the names that the upstream knows. */
    public Outcome askChild(String endpoint) {
        return ask(endpoint, path.replaceFirst("^/v2/(docker\\.io|ghcr\\.io|\\w+\\.example)/", "/v2/"));
    }

    private Outcome ask(String endpoint, String target) {
        try {
            HttpReply reply = send(endpoint, method, target);
            List<String> wrong = new ArrayList<>();
            Stream.concat(checks.stream(), Stream.of(Check.sound()))
                    .filter(check -> !check.holds().test(reply))
                    .map(Check::what)
                    .forEach(wrong::add);
            if (method.equals("GET") && !headAsGet(reply, send(endpoint, "HEAD", target))) {
                wrong.add("HEAD as GET");
            }
            return new Outcome(summary(reply), wrong);
        } catch (IOException e) {
            return new Outcome("breaks off", List.of("a whole answer"));
        }
    }

    private HttpReply send(String endpoint, String verb, String target) throws IOException {
        try (HttpProbe probe = HttpProbe.connect(endpoint)) {
            probe.request(verb, target, headers.toArray(String[]::new));
            return verb.equals("HEAD") ? probe.receiveHead() : probe.receive();
        }
    }

    private static boolean headAsGet(HttpReply get, HttpReply head) {
        return get.status() == head.status() && comparable(get).equals(comparable(head));
    }

    /** The boundary between parts differs each time, and so do headers of the connection. */
    private static List<String> comparable(HttpReply reply) {
        return reply.headers().stream()
                .map(line -> line.replaceAll("(?<=boundary=).*", ""))
                .filter(line -> OF_THE_CONNECTION.stream()
                        .noneMatch(start -> line.regionMatches(true, 0, start, 0, start.length())))
                .map(line -> line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT)
                        + line.substring(line.indexOf(':')))
                .sorted()
                .toList();
    }

    private static String summary(HttpReply reply) {
        Matcher code = CODE.matcher(reply.text());
        return reply.status() + (code.find() ? " " + code.group(1) : "");
    }

    /** As in the table. */
    public String request() {
        String shown = path.replaceAll("([0-9a-f]{6})[0-9a-f]{50,}", "$1…");
        String lines = headers.isEmpty() ? "" : " · " + String.join(" · ", headers);
        return method + " " + shown + lines.replaceAll("([0-9a-f]{6})[0-9a-f]{50,}", "$1…");
    }

    @Override
    public String toString() {
        return what + ": " + request();
    }
}
