package io.registrycache.rig;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** The body of an answer, without its framing; a connection that breaks off inside it is an {@link EOFException}. */
final class HttpBody extends InputStream {

    private enum Framing {
        LENGTH,
        CHUNKS,
        UNTIL_CLOSE
    }

    private final InputStream wire;
    private final Framing framing;
    /** Bytes to come of the body, or of the chunk. */
    private long left;

    private boolean ended;
    /** Behind the first chunk, each size has the line end of the chunk before in front of it. */
    private boolean insideChunks;

    private HttpBody(InputStream wire, Framing framing, long left) {
        this.wire = wire;
        this.framing = framing;
        this.left = left;
    }

    /** The body that comes after this head. */
    static HttpBody after(HttpReply head, InputStream wire) {
        if (head.header("Transfer-Encoding").orElse("").equalsIgnoreCase("chunked")) {
            return new HttpBody(wire, Framing.CHUNKS, 0);
        }
        return head.header("Content-Length")
                .map(length -> new HttpBody(wire, Framing.LENGTH, Long.parseLong(length)))
                .orElseGet(() -> new HttpBody(wire, Framing.UNTIL_CLOSE, Long.MAX_VALUE));
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (left == 0 && !ended) {
            nextChunk();
        }
        if (ended) {
            return -1;
        }
        int count = wire.read(target, offset, (int) Math.min(length, left));
        if (count >= 0) {
            left -= count;
            return count;
        }
        if (framing != Framing.UNTIL_CLOSE) {
            throw new EOFException("the connection ended with " + left + " bytes of the body to come");
        }
        ended = true;
        return -1;
    }

    private void nextChunk() throws IOException {
        if (framing != Framing.CHUNKS) {
            ended = true;
            return;
        }
        if (insideChunks) {
            HttpProbe.line(wire);
        }
        insideChunks = true;
        left = Long.parseLong(HttpProbe.line(wire).split(";")[0].strip(), 16);
        ended = left == 0;
        // Trailers, which no registry sends, and the empty line.
        for (String trailer = ended ? " " : ""; !trailer.isEmpty(); ) {
            trailer = HttpProbe.line(wire);
        }
    }
}
