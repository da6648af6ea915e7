// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Many clients that open an event stream each and listen; one thread hears for all of them. */
final class Crowd implements AutoCloseable {
    private final Selector selector = Selector.open();
    private final Queue<SocketChannel> newcomers = new ConcurrentLinkedQueue<>();
    private final List<SocketChannel> all = new ArrayList<>();
    private final AtomicInteger streams = new AtomicInteger();
    private final AtomicInteger commented = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private final Thread listener = new Thread(this::listen, "crowd");

    Crowd() throws IOException {
        listener.setDaemon(true);
        listener.start();
    }

    /** Opens so many streams at an endpoint. */
    void open(int count, int port, String path) throws IOException {
        byte[] request = ("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port
                        + "\r\nAccept: text/event-stream\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < count; i++) {
            SocketChannel client = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
            client.write(ByteBuffer.wrap(request));
            client.configureBlocking(false);
            all.add(client);
            newcomers.add(client);
            selector.wakeup();
        }
    }

    /** Streams whose head has come, and was good. */
    int streams() {
        return streams.get();
    }

    /** Streams that have heard a comment. */
    int commented() {
        return commented.get();
    }

    /** Streams that are over. */
    int ended() {
        return ended.get();
    }

    private void listen() {
        ByteBuffer buffer = ByteBuffer.allocate(4096);
        try {
            while (selector.isOpen()) {
                selector.select();
                for (SocketChannel one = newcomers.poll(); one != null; one = newcomers.poll()) {
                    one.register(selector, SelectionKey.OP_READ, new Heard());
                }
                selector.selectedKeys().forEach(key -> hear(key, buffer));
                selector.selectedKeys().clear();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (java.nio.channels.ClosedSelectorException closed) {
            // the crowd has gone home
        }
    }

    private void hear(SelectionKey key, ByteBuffer buffer) {
        try {
            buffer.clear();
            int count = ((SocketChannel) key.channel()).read(buffer);
            if (count < 0) {
                throw new IOException("ended");
            }
            ((Heard) key.attachment())
                    .hear(StandardCharsets.US_ASCII.decode(buffer.flip()).toString());
        } catch (IOException over) {
            key.cancel();
            ended.incrementAndGet();
        }
    }

    /** What one client has heard. On the listening thread only. */
    private final class Heard {
        private String head = "";
        private String tail = "";
        private boolean open;
        private boolean comment;

        void hear(String text) {
            if (!open) {
                head += text;
                open = head.startsWith("HTTP/1.1 200")
                        && head.contains("text/event-stream")
                        && head.contains("\r\n\r\n");
                if (open) {
                    streams.incrementAndGet();
                    head = "";
                }
            }
            tail = (tail + text).substring(Math.max(0, tail.length() + text.length() - 64));
            if (!comment && tail.contains("\n:\n")) {
                comment = true;
                commented.incrementAndGet();
            }
        }
    }

    @Override
    public void close() throws IOException {
        selector.close();
        for (SocketChannel one : all) {
            one.close();
        }
    }
}
