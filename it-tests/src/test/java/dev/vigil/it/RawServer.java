// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** A server that says exactly what a test wants it to, byte by byte, one thread for each connection. */
final class RawServer implements AutoCloseable {

    /** What happens on one connection. The socket is closed behind it. */
    @FunctionalInterface
    interface Conversation {
        void hold(Socket socket, InputStream in, OutputStream out) throws IOException;
    }

    private final ServerSocket socket;
    private final Conversation conversation;
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();

    RawServer(Conversation conversation) throws IOException {
        this.conversation = conversation;
        socket = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        daemon(this::accept);
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "raw-server");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = socket.accept();
                begun.incrementAndGet();
                daemon(() -> converse(connection));
            }
        } catch (IOException e) {
            // The server was closed; there is nobody left to tell.
        }
    }

    private void converse(Socket connection) {
        try (connection) {
            conversation.hold(connection, connection.getInputStream(), connection.getOutputStream());
        } catch (IOException e) {
            // A peer that breaks off is what many tests are about; they count it.
        } finally {
            ended.incrementAndGet();
        }
    }

    int port() {
        return socket.getLocalPort();
    }

    String url() {
        return "http://127.0.0.1:" + port() + "/mcp";
    }

    /** Connections since the start. */
    int begun() {
        return begun.get();
    }

    /** Connections that are over. */
    int ended() {
        return ended.get();
    }

    /** Reads up to the empty line behind a head, and gives the head. */
    static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("no whole head: " + head);
            }
            head.append((char) next);
        }
        return head.toString();
    }

    static void say(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
