package io.registrycache.relay;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.LastHttpContent;
import io.registrycache.fetch.Fetch;
import io.registrycache.storage.InUse;
import io.registrycache.traffic.Transfer;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.util.function.LongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The body of an answer that is still being downloaded, for {@code sendfile}: goes out as it comes in. */
final class SpoolBody implements Body {

    private static final Logger LOG = LoggerFactory.getLogger(SpoolBody.class);

    private final Fetch fetch;
    private final FileChannel file;
    private final InUse.Hold hold;
    private final long end;
    private final boolean isTail;
    private final LongFunction<DirectBody> rest;
    private long position;
    private boolean closed;

    private SpoolBody(Fetch fetch, FileChannel file, ByteRange range, boolean isTail, LongFunction<DirectBody> rest) {
        this.fetch = fetch;
        this.file = file;
        this.hold = fetch.hold();
        this.position = range.first();
        this.end = range.end();
        this.isTail = isTail;
        this.rest = rest;
    }

    /**
     * Opens the file.
     *
     * @param isTail whether the client reads to the end of the blob
     * @param rest makes the body from a position on if the spool cannot be written any more
     */
    static SpoolBody open(Fetch fetch, ByteRange range, boolean isTail, LongFunction<DirectBody> rest)
            throws IOException {
        SpoolBody body = new SpoolBody(fetch, fetch.openForReading(), range, isTail, rest);
        fetch.joined();
        return body;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Transfer transfer, ChannelFutureListener done) {
        ChannelPromise whole = ctx.newPromise();
        whole.addListener(done);
        // A client that leaves while nothing comes would be noticed only with the next bytes.
        ChannelFutureListener gone = closed -> {
            close();
            whole.tryFailure(new ClosedChannelException());
        };
        ctx.channel().closeFuture().addListener(gone);
        whole.addListener(written -> ctx.channel().closeFuture().removeListener(gone));
        writeRest(ctx, transfer, whole);
    }

    private void writeRest(ChannelHandlerContext ctx, Transfer transfer, ChannelPromise whole) {
        if (closed) {
            return;
        }
        if (position == end) {
            close();
            ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT).addListener((ChannelFuture written) -> {
                if (written.isSuccess()) {
                    whole.trySuccess();
                } else {
                    whole.tryFailure(written.cause());
                }
            });
            return;
        }
        long readable = fetch.readable(position, isTail);
        if (readable < 0 && fetch.isUnspooled()) {
            // It will not be stored; the file is closed when it was read.
            hold.close();
            rest.apply(position).writeAfter(file, ctx, transfer, whole);
        } else if (readable < 0) {
            // The bytes so far must not look like the whole.
            ctx.close();
        } else if (readable == position) {
            fetch.whenReadable(position, isTail, () -> ctx.executor().execute(() -> writeRest(ctx, transfer, whole)));
        } else {
            write(
                    new FileBody.Piece(file, position, Math.min(FileBody.PIECE, Math.min(readable, end) - position)),
                    ctx,
                    transfer,
                    whole);
        }
    }

    private void write(FileBody.Piece piece, ChannelHandlerContext ctx, Transfer transfer, ChannelPromise whole) {
        position += piece.count();
        ctx.writeAndFlush(piece).addListener((ChannelFuture written) -> {
            transfer.sends(piece.transferred());
            if (written.isSuccess()) {
                writeRest(ctx, transfer, whole);
            } else {
                ctx.close();
            }
        });
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        hold.close();
        fetch.left();
        try {
            file.close();
        } catch (IOException e) {
            LOG.debug("a spool that was read did not close: {}", e.getMessage());
        }
    }
}
