package io.registrycache.surface;

import static io.registrycache.surface.Row.get;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** A blob that is cached: whole, in parts, and on conditions. */
public final class Blobs {

    private static final String UNKNOWN = "sha256:" + "0123456789abcdef".repeat(4);
    private static final String BLOBS = "/v2/ghcr.io/my/image/blobs/";

    private final byte[] bytes;
    private final int size;
    private final String digest;
    private final Row blob;

    private Blobs(Shelf shelf) {
        this.bytes = shelf.bytes();
        this.size = bytes.length;
        this.digest = shelf.image().layers().get(0).digest();
        this.blob = get("", BLOBS + digest);
    }

    public static List<Row> rows(Shelf shelf) {
        Blobs blobs = new Blobs(shelf);
        return Stream.of(blobs.ranges(), blobs.conditions(), blobs.errors())
                .flatMap(List::stream)
                .toList();
    }

    private List<Row> ranges() {
        return List.of(
                whole("blob")
                        .must(
                                Check.header("Docker-Content-Digest", digest),
                                Check.header("ETag", "\"" + digest + "\""),
                                Check.header("Accept-Ranges", "bytes")),
                whole("blob, gzip").with("Accept-Encoding: zstd, gzip").must(Check.no("Content-Encoding")),
                whole("blob, empty Accept as jib's").with("Accept:"),
                part("range", "0-99", 0, 100),
                part("range to the end", (size - 10) + "-", size - 10, size),
                part("range beyond the end", (size - 10) + "-" + (size + 5), size - 10, size),
                part("suffix range", "-100", size - 100, size),
                range("several ranges", "0-9,20-29").must(Check.status(206), multipart(), both()),
                range("range behind the end", size + "-")
                        .error(416, "SIZE_INVALID")
                        .must(Check.header("Content-Range", "bytes */" + size)),
                part("range of all", "0-", 0, size),
                range("malformed range", "abc").error(416, "SIZE_INVALID"),
                range("range backwards", "9-5").error(416, "SIZE_INVALID"),
                range("several ranges behind the end", size + "-," + (size + 9) + "-")
                        .error(416, "SIZE_INVALID"),
                whole("range of another unit").with("Range: lines=1-2"));
    }

    private List<Row> conditions() {
        return List.of(
                part("If-Range, same", "5-9", 5, 10).with("If-Range: \"" + digest + "\""),
                whole("If-Range, other").with("Range: bytes=5-9", "If-Range: \"" + UNKNOWN + "\""),
                blob.called("If-None-Match, same")
                        .with("If-None-Match: \"" + digest + "\"")
                        .must(Check.status(304)),
                blob.called("If-None-Match, one of several")
                        .with("If-None-Match: \"x\", \"" + digest + "\"")
                        .must(Check.status(304)),
                blob.called("If-None-Match, any").with("If-None-Match: *").must(Check.status(304)),
                whole("If-Match, same").with("If-Match: \"" + digest + "\""),
                blob.called("If-Match, other")
                        .with("If-Match: \"" + UNKNOWN + "\"")
                        .must(Check.status(412)),
                whole("If-None-Match, other").with("If-None-Match: \"" + UNKNOWN + "\""));
    }

    private List<Row> errors() {
        return List.of(
                get("unknown blob", BLOBS + UNKNOWN).error(404, "BLOB_UNKNOWN"),
                get("malformed digest of a blob", BLOBS + "sha256:12").error(400, "DIGEST_INVALID"),
                get("tag for a blob", BLOBS + "latest").error(400, "DIGEST_INVALID"));
    }

    private Row whole(String what) {
        return blob.called(what).content("application/octet-stream", bytes);
    }

    private Row range(String what, String range) {
        return blob.called(what).with("Range: bytes=" + range);
    }

    private Row part(String what, String range, int from, int to) {
        return range(what, range)
                .must(
                        Check.status(206),
                        Check.header("Content-Range", "bytes " + from + "-" + (to - 1) + "/" + size),
                        Check.body(Arrays.copyOfRange(bytes, from, to)));
    }

    private static Check multipart() {
        return Check.headerLike("Content-Type", "multipart/byteranges; boundary=.*");
    }

    private Check both() {
        return new Check("both parts", reply -> {
            String text = new String(reply.body(), StandardCharsets.ISO_8859_1);
            return text.contains("bytes 0-9/" + size + "\r\n")
                    && text.contains("bytes 20-29/" + size + "\r\n")
                    && text.contains(new String(bytes, 20, 10, StandardCharsets.ISO_8859_1));
        });
    }
}
