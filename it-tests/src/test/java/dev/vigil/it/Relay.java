// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A way of its own to a server on the loopback. It can be cut while others still reach the server, and keeps every byte that
 * went over it, either way. Any thread.
 */
final class Relay implements AutoCloseable {
    private final int target;
    private final RawServer entry;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean cut = new AtomicBoolean();
    /** One for each connection and direction. */
    private final List<ByteArrayOutputStream> tapes = new CopyOnWriteArrayList<>();

    Relay(URI target) {
        this.target = target.getPort();
        try {
            entry = new RawServer((socket, in, out) -> hold(socket, in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + entry.port());
    }

    private void hold(Socket socket, InputStream in) throws IOException {
        if (cut.get()) {
            return;
        }
        try (Socket onward = new Socket(InetAddress.getLoopbackAddress(), target)) {
            open.add(socket);
            Thread back = new Thread(() -> pump(onward, socket), "relay");
            back.setDaemon(true);
            back.start();
            copy(in, onward.getOutputStream());
        } finally {
            open.remove(socket);
        }
    }

    /** Whoever has nothing more to say ends both ways: that is all HTTP needs. */
    private void pump(Socket from, Socket to) {
        try (to) {
            copy(from.getInputStream(), to.getOutputStream());
        } catch (IOException e) {
            // One of them has gone away, and the other one sees it.
        }
    }

    private void copy(InputStream in, OutputStream out) throws IOException {
        ByteArrayOutputStream tape = new ByteArrayOutputStream();
        tapes.add(tape);
        byte[] buffer = new byte[8192];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            tape.write(buffer, 0, read);
            out.write(buffer, 0, read);
        }
    }

    /** What each side of each connection has said so far. */
    List<byte[]> heard() {
        return tapes.stream().map(ByteArrayOutputStream::toByteArray).toList();
    }

    /** Connections break, and new ones lead nowhere, until {@link #mend}. */
    void cut() {
        cut.set(true);
        for (Socket socket : open) {
            close(socket);
        }
    }

    void mend() {
        cut.set(false);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        cut();
        entry.close();
    }
}
