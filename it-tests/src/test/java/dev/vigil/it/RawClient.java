// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** A client that says exactly what a test wants it to, byte by byte. */
final class RawClient implements AutoCloseable {
    private static final int LIMIT_MILLIS = 30_000;

    private final Socket socket;

    RawClient(String url) {
        try {
            socket =
                    new Socket(InetAddress.getLoopbackAddress(), URI.create(url).getPort());
            socket.setSoTimeout(LIMIT_MILLIS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    RawClient say(String text) {
        try {
            RawServer.say(socket.getOutputStream(), text);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A whole answer's head. */
    String head() {
        try {
            return RawServer.head(socket.getInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What was heard until the other side ended, and how it ended. */
    record Heard(String text, boolean reset) {}

    Heard hear() {
        StringBuilder heard = new StringBuilder();
        byte[] piece = new byte[64 * 1024];
        try {
            for (int count = 0; count >= 0; count = socket.getInputStream().read(piece)) {
                heard.append(new String(piece, 0, count, StandardCharsets.ISO_8859_1));
            }
            return new Heard(heard.toString(), false);
        } catch (SocketException e) {
            return new Heard(heard.toString(), true);
        } catch (IOException e) {
            throw new UncheckedIOException("heard only: " + heard, e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
