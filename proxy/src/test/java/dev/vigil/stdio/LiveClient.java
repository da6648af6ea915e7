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

    LiveClient(Endpoint endpoint, Queue<String> notes) throws IOException {
        OutputStream out = new OutputStream() {
            @Override
            public void write(int one) {
                take((char) (one & 0xFF));
            }
        };
        Bridge bridge = new Bridge(endpoint, new PrintStream(out), () -> {}, notes::add);
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

    private synchronized void take(char one) {
        if (one != '\n') {
            line.append(one);
            return;
        }
        lines.add(line.toString());
        line.setLength(0);
    }

    void says(String... messages) throws IOException {
        for (String message : messages) {
            in.write((message + "\n").getBytes(StandardCharsets.UTF_8));
        }
        in.flush();
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
