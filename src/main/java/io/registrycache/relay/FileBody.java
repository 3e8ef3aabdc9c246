package io.registrycache.relay;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.handler.codec.http.LastHttpContent;
import io.registrycache.storage.InUse;
import io.registrycache.traffic.Transfer;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The body of an answer that is a file, or a part of one, for {@code sendfile}. It goes out piece by piece: the whole at
 * once would keep an event loop with one client for as long as that client keeps up. Meanwhile the connection is corked:
 * only full packets leave, half as many. Open, the file is delivered whole even if the child deletes it.
 */
final class FileBody implements Body {

    private static final Logger LOG = LoggerFactory.getLogger(FileBody.class);
    static final long PIECE = 2 << 20;

    private final FileChannel file;
    private final InUse.Hold hold;
    private final long end;
    private long position;

    private FileBody(FileChannel file, ByteRange range, InUse.Hold hold) {
        this.file = file;
        this.hold = hold;
        this.position = range.first();
        this.end = range.first() + range.length();
    }

    /**
     * Opens the file.
     *
     * @param hold of the blob, which ends with the body, or now if the file cannot be opened
     */
    static FileBody open(Path path, ByteRange range, InUse.Hold hold) throws IOException {
        try {
            return new FileBody(FileChannel.open(path, StandardOpenOption.READ), range, hold);
        } catch (IOException e) {
            hold.close();
            throw e;
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Transfer transfer, ChannelFutureListener done) {
        cork(ctx.channel(), true);
        writeRest(ctx, transfer, done);
    }

    private void writeRest(ChannelHandlerContext ctx, Transfer transfer, ChannelFutureListener done) {
        if (position == end) {
            close();
            cork(ctx.channel(), false);
            ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT).addListener(done);
            return;
        }
        Piece piece = new Piece(file, position, Math.min(PIECE, end - position));
        position += piece.count();
        ctx.writeAndFlush(piece).addListener((ChannelFuture written) -> {
            transfer.sends(piece.transferred());
            if (written.isSuccess()) {
                writeRest(ctx, transfer, done);
            } else {
                close();
                done.operationComplete(written);
            }
        });
    }

    static void cork(Channel channel, boolean on) {
        try {
            channel.config().setOption(EpollChannelOption.TCP_CORK, on);
        } catch (ChannelException e) {
            LOG.debug("a connection was closed before all was written: {}", e.getMessage());
        }
    }

    @Override
    public void close() {
        hold.close();
        try {
            file.close();
        } catch (IOException e) {
            LOG.debug("a blob that was read did not close: {}", e.getMessage());
        }
    }

    /** A part of a file for one call of {@code sendfile}. */
    static final class Piece extends DefaultFileRegion {

        Piece(FileChannel file, long position, long count) {
            super(file, position, count);
        }

        @Override
        protected void deallocate() {
            // The next piece needs the file.
        }
    }
}
