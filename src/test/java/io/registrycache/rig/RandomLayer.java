package io.registrycache.rig;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.SplittableRandom;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * A layer in a file: a gzipped tar with one file of random bytes in it, which the same seed brings forth again.
 *
 * @param diffId the digest of the tar inside
 */
record RandomLayer(Path file, Blob blob, String diffId) {

    private static final int BLOCK = 512;
    private static final int BUFFER = 64 * 1024;

    /** Writes a layer, never more of it in memory than a buffer. */
    static RandomLayer write(Path file, long seed, long size) throws IOException {
        MessageDigest blobDigest = Sha256.start();
        MessageDigest tarDigest = Sha256.start();
        try (OutputStream raw = new BufferedOutputStream(Files.newOutputStream(file), BUFFER);
                OutputStream packed = new StoredGzip(new DigestOutputStream(raw, blobDigest));
                OutputStream tar = new DigestOutputStream(packed, tarDigest)) {
            tar.write(header("random/" + Long.toHexString(seed), size));
            content(tar, new SplittableRandom(seed), size);
            long padding = (BLOCK - size % BLOCK) % BLOCK;
            tar.write(new byte[(int) padding + 2 * BLOCK]);
        }
        Blob blob = new Blob(Sha256.finish(blobDigest), Files.size(file));
        return new RandomLayer(file, blob, Sha256.finish(tarDigest));
    }

    private static void content(OutputStream tar, SplittableRandom random, long size) throws IOException {
        byte[] buffer = new byte[BUFFER];
        for (long left = size; left > 0; left -= BUFFER) {
            random.nextBytes(buffer);
            tar.write(buffer, 0, (int) Math.min(BUFFER, left));
        }
    }

    /** A ustar header of a regular file that belongs to root and is as old as Unix. */
    private static byte[] header(String name, long size) {
        byte[] header = new byte[BLOCK];
        put(header, 0, name);
        put(header, 100, "0000644");
        put(header, 108, "0000000");
        put(header, 116, "0000000");
        put(header, 124, "%011o".formatted(size));
        put(header, 136, "00000000000");
        // The checksum counts its own field as spaces.
        put(header, 148, "        ");
        put(header, 156, "0");
        put(header, 257, "ustar\0" + "00");
        int checksum = 0;
        for (byte each : header) {
            checksum += each & 0xff;
        }
        put(header, 148, "%06o\0 ".formatted(checksum));
        return header;
    }

    private static void put(byte[] header, int offset, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, offset, bytes.length);
    }

    /** Packs without compressing: every client takes gzip for granted, and random bytes would not shrink anyway. */
    private static final class StoredGzip extends GZIPOutputStream {

        StoredGzip(OutputStream out) throws IOException {
            super(out, BUFFER);
            def.setLevel(Deflater.NO_COMPRESSION);
        }
    }
}
