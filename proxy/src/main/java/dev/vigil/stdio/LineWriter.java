// SPDX-License-Identifier: Apache-2.0
package dev.vigil.stdio;

import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes lines to the client, one at a time, and counts how much waits to be written. A line may be begun on one thread and
 * ended on another, by whoever holds the turn. Blocks while the client does not read, which is how it slows the servers down.
 */
final class LineWriter {
    /** All messages together that are not whole yet; what goes beyond flows to the client at once. */
    static final long HELD_AT_MOST = 32L << 20;

    private final PrintStream out;
    private final Runnable gone;
    private final Semaphore turn = new Semaphore(1, true);
    private final AtomicLong held = new AtomicLong();
    /** Belongs to whoever holds the turn. */
    private final byte[] scratch = new byte[16 * 1024];

    /** @param gone called when the client takes no more; perhaps several times, on any thread */
    LineWriter(PrintStream out, Runnable gone) {
        this.out = out;
        this.gone = gone;
    }

    void line(String text) {
        begin();
        write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
        end();
    }

    /** Takes the turn. */
    void begin() {
        turn.acquireUninterruptibly();
    }

    /** A line feed in JSON stands between tokens only, where a blank says the same. */
    void write(ByteBuffer piece) {
        while (piece.hasRemaining()) {
            int length = Math.min(scratch.length, piece.remaining());
            piece.get(scratch, 0, length);
            for (int i = 0; i < length; i++) {
                if (scratch[i] == '\n' || scratch[i] == '\r') {
                    scratch[i] = ' ';
                }
            }
            out.write(scratch, 0, length);
        }
    }

    /** Ends the line and gives the turn away. */
    void end() {
        out.write('\n');
        boolean failed = out.checkError();
        turn.release();
        if (failed) {
            gone.run();
        }
    }

    /** May so many bytes more be held? Then they are counted. */
    boolean hold(int bytes) {
        if (held.addAndGet(bytes) <= HELD_AT_MOST) {
            return true;
        }
        held.addAndGet(-bytes);
        return false;
    }

    void unhold(long bytes) {
        held.addAndGet(-bytes);
    }
}
