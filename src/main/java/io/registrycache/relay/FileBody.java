package io.registrycache.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.FileRegion;
import io.netty.util.AbstractReferenceCounted;
import io.registrycache.traffic.Transfer;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The body of an answer that is a file, or a part of one. Open, it is delivered whole even if the child deletes it.
 *
 * <p>It goes out in large pieces, each read into a buffer that is given back at once, so that all clients together need
 * no more than one for each event loop. {@code sendfile} copies nothing, but handles each page by itself: towards a
 * client on the same machine it took both sides more CPU (bench/README.md).
 */
final class FileBody extends AbstractReferenceCounted implements FileRegion {

    private static final Logger LOG = LoggerFactory.getLogger(FileBody.class);
    private static final int LEAST = 64 << 10;
    private static final int MOST = 1 << 20;

    private final FileChannel file;
    private final ByteRange range;
    private final Transfer transfer;
    private long sent;
    /** How much to read: what the client's socket may well take. */
    private int piece = MOST;

    private FileBody(FileChannel file, ByteRange range, Transfer transfer) {
        this.file = file;
        this.range = range;
        this.transfer = transfer;
    }

    /**
     * Opens a file.
     *
     * @param transfer is told of each piece
     */
    static FileBody open(Path path, ByteRange range, Transfer transfer) throws IOException {
        return new FileBody(FileChannel.open(path, StandardOpenOption.READ), range, transfer);
    }

    @Override
    public long transferTo(WritableByteChannel target, long position) throws IOException {
        int size = (int) Math.min(piece, count() - position);
        ByteBuf buffer = ByteBufAllocator.DEFAULT.directBuffer(size, size);
        try {
            ByteBuffer bytes = buffer.nioBuffer(0, size);
            if (file.read(bytes, range.first() + position) <= 0) {
                throw new EOFException("a blob is shorter than it was");
            }
            int written = target.write(bytes.flip());
            piece = written == size ? Math.min(MOST, 2 * size) : Math.max(LEAST, written);
            sent += written;
            transfer.sends(written);
            return written;
        } finally {
            buffer.release();
        }
    }

    @Override
    public long position() {
        return range.first();
    }

    @Override
    public long count() {
        return range.length();
    }

    @Override
    public long transferred() {
        return sent;
    }

    @Override
    @Deprecated
    public long transfered() {
        return sent;
    }

    @Override
    protected void deallocate() {
        try {
            file.close();
        } catch (IOException e) {
            LOG.debug("a blob that was read did not close: {}", e.getMessage());
        }
    }

    @Override
    public FileRegion retain() {
        super.retain();
        return this;
    }

    @Override
    public FileRegion retain(int increment) {
        super.retain(increment);
        return this;
    }

    @Override
    public FileRegion touch() {
        return this;
    }

    @Override
    public FileRegion touch(Object hint) {
        return this;
    }
}
