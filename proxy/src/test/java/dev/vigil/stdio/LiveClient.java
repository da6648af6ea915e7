// SPDX-License-Identifier: Apache-2.0
package dev.vigil.stdio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A client that speaks to a bridge for as long as it likes. */
final class LiveClient implements AutoCloseable {
    private static final int PIPE = 1 << 16;
    private static final int SECONDS = 30;

    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final StringBuilder line = new StringBuilder();
    private final PipedOutputStream in = new PipedOutputStream();
    private final Thread reader;

    LiveClient(Endpoint endpoint, Queue<String> notes, Bridge.Limits limits) throws IOException {
        OutputStream out = new OutputStream() {
            @Override
            public void write(int one) {
                write(new byte[] {(byte) one}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int from, int length) {
                take(new String(bytes, from, length, StandardCharsets.ISO_8859_1));
            }
        };
        Bridge bridge = new Bridge(endpoint, new PrintStream(out), () -> {}, notes::add, limits);
        PipedInputStream from = new PipedInputStream(in, PIPE);
        reader = new Thread(() -> pass(bridge, from), "live-client");
        reader.start();
    }

    private static void pass(Bridge bridge, PipedInputStream from) {
        try (from) {
            bridge.pass(from);
            bridge.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private synchronized void take(String piece) {
        line.append(piece);
        notifyAll();
        if (piece.endsWith("\n")) { // a line feed is written by itself
            lines.add(line.substring(0, line.length() - 1));
            line.setLength(0);
        }
    }

    void says(String... messages) throws IOException {
        for (String message : messages) {
            in.write((message + "\n").getBytes(StandardCharsets.UTF_8));
        }
        in.flush();
    }

    /** Waits until part of a line has come. */
    synchronized void begins() throws InterruptedException {
        for (int i = 0; i < SECONDS && line.length() == 0; i++) {
            wait(1000);
        }
        assertThat(line.length()).as("bytes of a line").isPositive();
    }

    /** The next line that it is given. */
    String hears() throws InterruptedException {
        String heard = lines.poll(SECONDS, TimeUnit.SECONDS);
        assertThat(heard).as("a line within %s s", SECONDS).isNotNull();
        return heard;
    }

    @Override
    public void close() throws Exception {
        in.close();
        reader.join();
    }
}
