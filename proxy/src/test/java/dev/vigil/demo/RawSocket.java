// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One connection, byte by byte, for what HTTP clients hide: how a connection ends. */
final class RawSocket implements AutoCloseable {
    /** How a reading came to its end. */
    enum End {
        CLOSED,
        RESET,
        SILENCE
    }

    /** What was read, and how it ended. */
    record Heard(String text, End end) {}

    private final Socket socket;
    private final URI url;

    RawSocket(String url) throws IOException {
        this.url = URI.create(url);
        this.socket = new Socket(InetAddress.getLoopbackAddress(), this.url.getPort());
    }

    void post(String body, String... headers) throws IOException {
        send("POST", body, headers);
    }

    void send(String method, String body, String... headers) throws IOException {
        StringBuilder head = new StringBuilder(method + " " + url.getPath() + " HTTP/1.1\r\nHost: localhost\r\n");
        head.append("Content-Length: ").append(body.length()).append("\r\n");
        for (int i = 0; i < headers.length; i += 2) {
            head.append(headers[i]).append(": ").append(headers[i + 1]).append("\r\n");
        }
        write(head + "\r\n" + body);
    }

    void write(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Reads until the peer ends the connection, or until it has said nothing for {@code patience}. */
    Heard hear(Duration patience) throws IOException {
        return hear(patience, null);
    }

    /** Reads until it has heard this, which must come within ten seconds. */
    String hearUntil(String text) throws IOException {
        Heard heard = hear(Duration.ofSeconds(10), text);
        assertThat(heard.text()).contains(text);
        return heard.text();
    }

    private Heard hear(Duration patience, @Nullable String last) throws IOException {

        socket.setSoTimeout((int) patience.toMillis());
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        End end = End.SILENCE;
        try {
            while (last == null || !all.toString(StandardCharsets.UTF_8).endsWith(last)) {
                int next = socket.getInputStream().read();
                if (next < 0) {
                    end = End.CLOSED;
                    break;
                }
                all.write(next);
            }
        } catch (SocketTimeoutException e) {
            end = End.SILENCE;
        } catch (SocketException e) {
            end = End.RESET;
        }
        return new Heard(all.toString(StandardCharsets.UTF_8), end);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
