// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An MCP server that begins an event stream for each GET and never says another word, and answers each POST at once; one
 * thread for all connections.
 */
final class StreamServer implements AutoCloseable {
    private static final String STREAM = """
            HTTP/1.1 200 OK\r
            Content-Type: text/event-stream\r
            Transfer-Encoding: chunked\r
            \r
            a\r
            data: {}

            \r
            """;
    private static final String RESULT = "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{\"content\":[]}}";
    private static final String ANSWER = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
            + RESULT.length() + "\r\n\r\n" + RESULT;

    /** Attached to a connection that has its stream. */
    private static final String HELD = "held";

    private final Selector selector = Selector.open();
    private final ServerSocketChannel server = ServerSocketChannel.open();
    private final AtomicInteger open = new AtomicInteger();

    StreamServer() throws IOException {
        server.bind(new InetSocketAddress("127.0.0.1", 0), 4096);
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT);
        Thread thread = new Thread(this::serve, "stream-server");
        thread.setDaemon(true);
        thread.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.socket().getLocalPort() + "/mcp";
    }

    /** Streams that are held open now. */
    int open() {
        return open.get();
    }

    private void serve() {
        ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
        try {
            while (selector.isOpen()) {
                selector.select();
                for (SelectionKey key : selector.selectedKeys()) {
                    if (key.isAcceptable()) {
                        accept();
                    } else {
                        read(key, buffer);
                    }
                }
                selector.selectedKeys().clear();
            }
        } catch (IOException | ClosedSelectorException closed) {
            // the test is over
        }
    }

    private void accept() throws IOException {
        SocketChannel client = server.accept();
        if (client != null) {
            client.configureBlocking(false);
            client.register(selector, SelectionKey.OP_READ, "");
        }
    }

    /** A request whose body has come to its end is answered; what is attached is what has come of it. */
    private void read(SelectionKey key, ByteBuffer buffer) throws IOException {
        SocketChannel client = (SocketChannel) key.channel();
        buffer.clear();
        int count = read(client, buffer);
        if (count < 0) {
            if (key.attachment().equals(HELD)) {
                open.decrementAndGet();
            }
            client.close();
            return;
        }
        String request = key.attachment()
                + StandardCharsets.ISO_8859_1.decode(buffer.flip()).toString();
        if (request.startsWith("GET ") && request.endsWith("\r\n\r\n")) {
            key.attach(HELD);
            open.incrementAndGet();
            client.write(ByteBuffer.wrap(STREAM.getBytes(StandardCharsets.US_ASCII)));
        } else if (isWhole(request)) {
            key.attach("");
            client.write(ByteBuffer.wrap(ANSWER.getBytes(StandardCharsets.US_ASCII)));
        } else {
            key.attach(request);
        }
    }

    private static int read(SocketChannel client, ByteBuffer buffer) {
        try {
            return client.read(buffer);
        } catch (IOException reset) {
            return -1;
        }
    }

    private static boolean isWhole(String request) {
        int end = request.indexOf("\r\n\r\n");
        String length = request.replaceAll("(?is).*\r\ncontent-length: *(\\d+)\r\n.*", "$1");
        return end >= 0 && length.matches("\\d+") && request.length() >= end + 4 + Integer.parseInt(length);
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }
}
