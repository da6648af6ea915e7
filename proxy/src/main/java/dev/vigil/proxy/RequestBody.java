// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A request's body on its way upstream. Pieces are passed on as they come; while the request may have to be sent again they
 * are kept too (as references, not copies), within {@link ReplayBudget}. Looks into the body only when somebody asks, or
 * while it passes if it is too big to keep. On the client's event loop only.
 */
final class RequestBody {
    /** So much is read ahead while there is no connection to pass it to. */
    private static final int READ_AHEAD = 64 * 1024;

    private final ReplayBudget budget;
    private final Consumer<Boolean> holdClientBack;
    private final List<ByteBuf> kept = new ArrayList<>();
    private long keptBytes;
    private long accounted;
    private long size;
    private boolean keeping = true;
    private boolean replayable = true;
    private boolean complete;
    private @Nullable UpstreamCall sink;
    private @Nullable MessageScan scan;
    private Runnable whenComplete = () -> {};
    private Runnable whenEnough = () -> {};

    /** @param holdClientBack told true to stop reading from the client, false to go on */
    RequestBody(ReplayBudget budget, Consumer<Boolean> holdClientBack) {
        this.budget = budget;
        this.holdClientBack = holdClientBack;
    }

    /** A piece from the client; owns it. */
    void add(HttpContent content) {
        ByteBuf piece = content.content();
        size += piece.readableBytes();
        if (scan != null) {
            scan.feed(piece);
        }
        if (piece.isReadable()) {
            pass(piece);
        } else {
            piece.release();
        }
        if (content instanceof LastHttpContent) {
            complete = true;
            if (sink != null) {
                sink.writeLast();
            }
            whenComplete.run();
        }
        tellIfEnough();
        pace();
    }

    private void pass(ByteBuf piece) {
        if (replayable && !account(piece.readableBytes())) {
            replayable = false;
        }
        if (sink == null && keeping) {
            keep(piece);
        } else if (sink != null && replayable && keeping) {
            sink.write(piece.retainedDuplicate());
            keep(piece);
        } else if (sink != null) {
            stopKeeping(true, piece);
            sink.write(piece);
        } else {
            piece.release(); // nobody will ever ask for it: the answer is our own
        }
    }

    private boolean account(int bytes) {
        if (!keeping || keptBytes + bytes > ReplayBudget.PER_REQUEST || !budget.take(bytes)) {
            return false;
        }
        accounted += bytes;
        return true;
    }

    private void keep(ByteBuf piece) {
        kept.add(piece);
        keptBytes += piece.readableBytes();
    }

    /** Passes everything kept to this call, and what comes from now on. */
    void passTo(UpstreamCall call) {
        sink = call;
        kept.forEach(piece -> call.write(piece.retainedDuplicate()));
        if (complete) {
            call.writeLast();
        } else {
            call.flush();
        }
        if (!replayable) {
            stopKeeping(true, null);
        }
        pace();
    }

    /** Flushes what was passed on since the last time. */
    void flush() {
        if (sink != null) {
            sink.flush();
        }
    }

    /** Nothing goes upstream any more; what still comes is only looked at, for the answer that is our own. */
    void passToNobody() {
        sink = null;
        stopKeeping(true, null);
        pace();
    }

    /** The call came to nothing, and the whole body may be sent again by another. */
    void takeBack() {
        sink = null;
        pace();
    }

    /** Can all that has come so far be sent again? */
    boolean isReplayable() {
        return replayable && (keeping || (complete && size == 0));
    }

    long size() {
        return size;
    }

    /** The whole body as text; empty where it is longer than that, or not held whole any more. */
    Optional<String> text(int longest) {
        if (!isReplayable() || !complete || size > longest) {
            return Optional.empty();
        }
        ByteArrayOutputStream whole = new ByteArrayOutputStream((int) size);
        for (ByteBuf piece : kept) {
            whole.writeBytes(ByteBufUtil.getBytes(piece));
        }
        return Optional.of(whole.toString(StandardCharsets.UTF_8));
    }

    /** Has the last piece come? */
    boolean isComplete() {
        return complete;
    }

    /** Runs the task once the last piece has come; at once if it has. */
    void whenComplete(Runnable task) {
        whenComplete = task;
        if (complete) {
            task.run();
        }
    }

    /** Runs the task once the body is complete, or too long to be held before anything is done about it; at once if so. */
    void whenEnough(Runnable task) {
        whenEnough = task;
        tellIfEnough();
    }

    private void tellIfEnough() {
        if (complete || keptBytes >= READ_AHEAD) {
            Runnable task = whenEnough;
            whenEnough = () -> {};
            task.run();
        }
    }

    /** What the body says, as far as it has come. */
    MessageScan scanned() {
        if (scan == null) {
            scan = new MessageScan();
            kept.forEach(scan::feed);
        }
        if (complete) {
            scan.finish();
        }
        return scan;
    }

    /** Puts another body in the place of this one, which is complete, {@link #isReplayable} and with nobody. */
    void replace(byte[] other) {
        kept.forEach(ByteBuf::release);
        kept.clear();
        kept.add(Unpooled.wrappedBuffer(other));
        keptBytes = other.length;
        size = other.length;
        scan = null;
    }

    /** No replay can follow: lets go of what is kept. */
    void settle(boolean remember) {
        stopKeeping(remember, null);
    }

    private void stopKeeping(boolean remember, @Nullable ByteBuf beside) {
        if (!keeping) {
            return;
        }
        if (remember && scan == null) {
            scanned();
            if (beside != null && scan != null) {
                scan.feed(beside);
            }
        }
        release();
    }

    /** Frees what is held. The body is of no more use. */
    void release() {
        keeping = false;
        kept.forEach(ByteBuf::release);
        kept.clear();
        keptBytes = 0;
        budget.giveBack(accounted);
        accounted = 0;
    }

    /** The upstream takes no more, or there is none yet and enough is read ahead: then the client has to wait. */
    void pace() {
        boolean wait = sink == null ? keeping && keptBytes >= READ_AHEAD : !sink.isWritable();
        holdClientBack.accept(!complete && wait);
    }
}
