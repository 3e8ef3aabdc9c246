package io.registrycache.relay;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.registrycache.request.Digest;
import io.registrycache.request.RegistryError;
import io.registrycache.request.RegistryException;
import io.registrycache.request.RegistryRequest;
import io.registrycache.traffic.Transfer;
import io.registrycache.upstream.Answers;
import io.registrycache.upstream.Question;
import io.registrycache.upstream.Receiver;
import io.registrycache.upstream.UpstreamFailure;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer that goes from the upstream to one client and is not kept, as the disk has no room: at the
 * client's pace, again from where it was cut, and with its end held back until the digest is right.
 *
 * <p>The upstream's event loop calls the {@link Receiver}; all else happens on the client's.
 */
final class DirectBody implements Body, Receiver {

    private static final int MOST_CUTS = 6;
    private static final long FIRST_PAUSE = 250;
    private static final int HELD_BACK = 32 << 10;
    private static final int CHUNK = 256 << 10;

    private final Answers upstream;
    private final RegistryRequest request;
    private final Digest digest;
    private final long end;
    /** Null if the client does not read from the beginning to the end: nothing less can be verified. */
    private final @Nullable MessageDigest hash;

    private final List<ByteBuf> held = new ArrayList<>();

    private final long start;
    /** Behind the last byte that has come from the upstream. */
    private volatile long position;

    private @Nullable ChannelHandlerContext client;
    private @Nullable Transfer transfer;
    private @Nullable ChannelPromise whole;
    private volatile @Nullable Question question;
    private int cuts;
    private volatile boolean closed;

    /**
     * Asks nothing yet.
     *
     * @param isWhole whether the client reads the blob from its beginning to its end
     */
    DirectBody(Answers upstream, RegistryRequest request, long position, long end, boolean isWhole) {
        this.upstream = upstream;
        this.request = request;
        this.digest = Digest.of(request.reference());
        this.start = position;
        this.position = position;
        this.end = end;
        this.hash = isWhole ? digest.newHash() : null;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Transfer told, ChannelFutureListener done) {
        ChannelPromise promise = ctx.newPromise();
        promise.addListener(done);
        begin(ctx, told, promise);
        ask();
    }

    /**
     * Writes the rest of an answer.
     *
     * @param before the source of the bytes that the client has; closed afterwards
     */
    void writeAfter(FileChannel before, ChannelHandlerContext ctx, Transfer told, ChannelPromise promise) {
        begin(ctx, told, promise);
        CompletableFuture.runAsync(() -> {
            try (before) {
                hash(before);
                ask();
            } catch (IOException e) {
                ctx.close();
            }
        });
    }

    private void begin(ChannelHandlerContext ctx, Transfer told, ChannelPromise promise) {
        client = ctx;
        transfer = told;
        whole = promise;
        ChannelFutureListener gone = left -> {
            close();
            promise.tryFailure(new ClosedChannelException());
        };
        ctx.channel().closeFuture().addListener(gone);
        promise.addListener(written -> ctx.channel().closeFuture().removeListener(gone));
    }

    private void hash(FileChannel before) throws IOException {
        if (hash == null) {
            return;
        }
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
        for (long at = 0; at < start; ) {
            chunk.clear().limit((int) Math.min(CHUNK, start - at));
            int count = before.read(chunk, at);
            if (count < 0) {
                throw new EOFException();
            }
            hash.update(chunk.flip());
            at += count;
        }
    }

    private void ask() {
        if (!closed) {
            question = upstream.stream(request, "bytes=" + position + "-" + (end - 1), this);
        }
    }

    @Override
    public void close() {
        closed = true;
        Question open = question;
        if (open != null) {
            open.cancel();
        }
    }

    @Override
    public void head(HttpResponse head) throws RegistryException {
        int status = head.status().code();
        String range = head.headers().get(HttpHeaderNames.CONTENT_RANGE, "");
        boolean isRight = status == 206
                ? range.startsWith("bytes " + position + "-" + (end - 1) + "/")
                : status == 200 && position == 0;
        if (!isRight) {
            throw (status == 200 || status == 206
                            ? RegistryError.malformed(
                                    request.upstream().name(), "sends another part of a layer than was requested")
                            : Answers.refused(request, status, head.headers()))
                    .exception();
        }
    }

    @Override
    public void body(ByteBuffer[] parts) {
        ChannelHandlerContext ctx = requireNonNull(client);
        for (ByteBuffer part : parts) {
            part.limit(part.position() + (int) Math.min(part.remaining(), end - position));
            ByteBuf copy = ctx.alloc().buffer(part.remaining());
            copy.writeBytes(part.duplicate());
            if (hash != null) {
                hash.update(part);
            }
            long behind = position + copy.readableBytes();
            position = behind;
            if (hash != null && behind > end - HELD_BACK) {
                held.add(copy);
            } else {
                write(ctx, copy);
            }
        }
        Question open = question;
        if (open != null && !ctx.channel().isWritable()) {
            open.read(false);
            if (ctx.channel().isWritable()) {
                // It has become so in between, and no write is left to say so.
                open.read(true);
            }
        }
    }

    private void write(ChannelHandlerContext ctx, ByteBuf bytes) {
        int count = bytes.readableBytes();
        ctx.writeAndFlush(new DefaultHttpContent(bytes)).addListener(written -> {
            requireNonNull(transfer).sends(count);
            // Netty counts these bytes as waiting until after this.
            ctx.executor().execute(() -> readMore(ctx));
        });
    }

    private void readMore(ChannelHandlerContext ctx) {
        Question open = question;
        if (open != null && ctx.channel().isWritable()) {
            open.read(true);
        }
    }

    @Override
    public void end() {
        ChannelHandlerContext ctx = requireNonNull(client);
        if (position < end) {
            failed(new UpstreamFailure("broke off the connection"));
            return;
        }
        if (hash != null && !digest.matches(hash.digest())) {
            releaseHeld();
            ctx.close();
            return;
        }
        held.forEach(bytes -> write(ctx, bytes));
        held.clear();
        ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT).addListener(written -> {
            if (written.isSuccess()) {
                requireNonNull(whole).trySuccess();
            } else {
                requireNonNull(whole).tryFailure(written.cause());
            }
        });
    }

    private void releaseHeld() {
        held.forEach(ByteBuf::release);
        held.clear();
    }

    @Override
    public void failed(Exception why) {
        ChannelHandlerContext ctx = requireNonNull(client);
        cuts++;
        if (closed || cuts > MOST_CUTS || !(why instanceof UpstreamFailure)) {
            releaseHeld();
            ctx.close();
        } else {
            ctx.executor().schedule(this::ask, FIRST_PAUSE << cuts, TimeUnit.MILLISECONDS);
        }
    }
}
