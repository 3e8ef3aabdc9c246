package io.registrycache.fuzz;

import io.registrycache.rig.HttpProbe;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The result of an attempt.
 *
 * @param statuses of the answers, in order; none where the connection was closed without one
 * @param findings violations
 */
public record Verdict(List<String> statuses, List<String> findings) {

    private static final Pattern HEAD = Pattern.compile("HTTP/1\\.[01] ([0-9]{3}) [^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n");
    private static final Pattern LENGTH = Pattern.compile("(?im)^content-length: ([0-9]+)\r?$");
    private static final Pattern TRACE = Pattern.compile("Exception|\\tat |java\\.|io\\.netty");

    public Verdict {
        statuses = List.copyOf(statuses);
        findings = List.copyOf(findings);
    }

    /** Sends it, and reads until the other side closes. */
    static Verdict of(Attempt attempt, String endpoint) throws IOException {
        try (HttpProbe probe = HttpProbe.connect(endpoint)) {
            try {
                probe.send(attempt.bytes());
            } catch (SocketException e) {
                // Refused before it was all sent; the answer may be lost with the connection.
                return judge(attempt, probe.drain());
            }
            return judge(attempt, probe.drain());
        } catch (SocketTimeoutException e) {
            return new Verdict(List.of(), List.of("hangs: " + attempt));
        }
    }

    static Verdict judge(Attempt attempt, String received) {
        List<String> statuses = new ArrayList<>();
        List<String> findings = new ArrayList<>();
        if (TRACE.matcher(received).find()) {
            findings.add("shows its inside: " + attempt);
        }
        Matcher head = HEAD.matcher(received);
        int at = 0;
        while (at < received.length()) {
            if (!head.find(at) || head.start() != at) {
                findings.add("no HTTP at " + at + " of the answer: " + attempt);
                break;
            }
            statuses.add(head.group(1));
            int body = head.end();
            at = body + bodyLength(head.group(2), received, body);
            finding(head.group(1), received.substring(body, Math.min(at, received.length())), findings, attempt);
        }
        return new Verdict(statuses, findings);
    }

    private static int bodyLength(String headers, String received, int from) {
        Matcher length = LENGTH.matcher(headers);
        // Behind an answer to HEAD, which a mutation may have made of anything, comes the next at once.
        return !length.find() || received.startsWith("HTTP/1.", from) || from == received.length()
                ? 0
                : Integer.parseInt(length.group(1));
    }

    private static void finding(String status, String body, List<String> findings, Attempt attempt) {
        // 503 is for who is in a hurry on a busy machine; the campaign counts it.
        if (status.startsWith("5") && !status.equals("503")) {
            findings.add(status + " " + body.strip() + ": " + attempt);
        }
        if (status.compareTo("400") >= 0 && !body.isEmpty() && !body.startsWith("{\"errors\":[{\"code\":\"")) {
            findings.add("no registry error, but " + body.strip() + ": " + attempt);
        }
    }
}
