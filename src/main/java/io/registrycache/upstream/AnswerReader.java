package io.registrycache.upstream;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.registrycache.request.Digest;
import io.registrycache.request.Operation;
import io.registrycache.request.RegistryError;
import io.registrycache.request.RegistryException;
import io.registrycache.request.RegistryRequest;
import java.net.URI;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads an upstream's response to a small question, and believes nothing of it that can be checked. */
final class AnswerReader {

    private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}");
    private static final Pattern MEDIA_TYPE =
            Pattern.compile("[A-Za-z0-9!#$&^_.+-]{1,100}/[A-Za-z0-9!#$&^_.+-]{1,100}.{0,100}");
    private static final Pattern BEGINNING = Pattern.compile("bytes 0-0/([0-9]{1,18})");
    private static final Pattern LINK = Pattern.compile("<([^>\\x00-\\x20]{1,4000})>;\\s*rel=\"?next\"?");

    private final String upstream;
    private final RegistryRequest request;

    AnswerReader(RegistryRequest request) {
        this.upstream = request.upstream().name();
        this.request = request;
    }

    Answer read(HttpMethod method, Collector.Response response) {
        int status = response.head().status().code();
        HttpHeaders headers = response.head().headers();
        try {
            if (isForBeginning(request, method)) {
                return beginning(status, headers);
            }
            if (status != 200) {
                return new Answer.Refused(UpstreamErrors.of(upstream, request.operation(), status, headers));
            }
            refuseEncoding(upstream, headers);
            return method.equals(HttpMethod.HEAD) ? head(headers, length(headers)) : content(headers, response.body());
        } catch (RegistryException e) {
            return new Answer.Refused(e.error());
        }
    }

    static void refuseEncoding(String upstream, HttpHeaders headers) throws RegistryException {
        String encoding = headers.get(HttpHeaderNames.CONTENT_ENCODING, "identity");
        if (!encoding.equals("identity")) {
            throw RegistryError.malformed(upstream, "sends an encoding that was not requested")
                    .exception();
        }
    }

    /** Whether the first byte of a blob is requested, to learn the answer to a HEAD. */
    static boolean isForBeginning(RegistryRequest request, HttpMethod method) {
        return request.operation() == Operation.BLOB && method.equals(HttpMethod.GET);
    }

    private Answer beginning(int status, HttpHeaders headers) throws RegistryException {
        Matcher range = BEGINNING.matcher(headers.get(HttpHeaderNames.CONTENT_RANGE, ""));
        if (status == 206 && range.matches()) {
            refuseEncoding(upstream, headers);
            return head(headers, Long.parseLong(range.group(1)));
        }
        if (status == 416 && headers.get(HttpHeaderNames.CONTENT_RANGE, "").equals("bytes */0")) {
            return head(headers, 0);
        }
        if (status == 200) {
            refuseEncoding(upstream, headers);
            return head(headers, length(headers));
        }
        return new Answer.Refused(UpstreamErrors.of(upstream, request.operation(), status, headers));
    }

    private long length(HttpHeaders headers) throws RegistryException {
        try {
            return Long.parseLong(headers.get(HttpHeaderNames.CONTENT_LENGTH, "-1"));
        } catch (NumberFormatException e) {
            throw malformed("sends a length that is not a number");
        }
    }

    private Answer head(HttpHeaders headers, long length) throws RegistryException {
        String digest = headers.get("Docker-Content-Digest", "");
        if (request.operation() == Operation.BLOB || Digest.isDigest(request.reference())) {
            digest = request.reference();
        }
        return new Answer.Found(
                type(headers), DIGEST.matcher(digest).matches() ? digest : "", length, Optional.empty(), "");
    }

    private Answer content(HttpHeaders headers, byte[] body) throws RegistryException {
        String type = type(headers);
        if (request.operation() != Operation.MANIFEST) {
            return new Answer.Found(type, "", body.length, Optional.of(body), link(headers));
        }
        String said = headers.get("Docker-Content-Digest", "");
        String expected = Digest.isDigest(request.reference()) ? request.reference() : said;
        if (!DIGEST.matcher(expected).matches()) {
            return new Answer.Found(type, Digest.sha256Of(body).toString(), body.length, Optional.of(body), "");
        }
        Digest digest = Digest.of(expected);
        if (!digest.matches(digest.newHash().digest(body))) {
            throw malformed("sends a manifest that is not the one of its digest");
        }
        return new Answer.Found(type, expected, body.length, Optional.of(body), "");
    }

    /** A page of a network's login says that it is HTML. */
    private String type(HttpHeaders headers) throws RegistryException {
        String type = headers.get(HttpHeaderNames.CONTENT_TYPE, "");
        boolean isBlob = request.operation() == Operation.BLOB;
        if (type.startsWith("text/html") || (!isBlob && !type.contains("json") && !type.contains("prettyjws"))) {
            throw malformed("answers with something else than a "
                    + request.operation().routeName() + "; is there a login page in between?");
        }
        return MEDIA_TYPE.matcher(type).matches() ? type : "application/octet-stream";
    }

    /** The child follows it, and must not follow it to the upstream itself. */
    private static String link(HttpHeaders headers) {
        Matcher matcher = LINK.matcher(headers.get("Link", ""));
        if (!matcher.find()) {
            return "";
        }
        try {
            URI target = URI.create(matcher.group(1));
            String query = target.getRawQuery();
            return target.getRawPath() + (query == null ? "" : "?" + query);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    private RegistryException malformed(String why) {
        return RegistryError.malformed(upstream, why).exception();
    }
}
