// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bodies many times larger than the memory there is, past a side that is slow to read, with every buffer watched. */
class BigBodiesIT {
    private static final int MEBIBYTE = 1024 * 1024;
    private static final long ANSWER = 200L * MEBIBYTE;
    private static final long REQUEST = 64L * MEBIBYTE;
    /** What the kernel may hold on four sockets; far less than either body. */
    private static final long IN_THE_KERNEL = 40L * MEBIBYTE;

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String KEPT_OPEN = "Content-Type: application/json\r\nContent-Length: ";

    @TempDir
    private Path home;

    @Test
    void largeAnswerPassesASlowReaderInLittleMemory() throws IOException {
        Flow written = new Flow();
        try (RawServer upstream = new RawServer((socket, in, out) -> answer(in, out, written));
                Product.Daemon daemon = small(upstream)) {
            try (Socket client = connect(daemon)) {
                ask(client, 2, out -> RawServer.say(out, "{}"));
                InputStream in = client.getInputStream();
                assertThat(RawServer.head(in))
                        .startsWith("HTTP/1.1 200")
                        .containsIgnoringCase("content-length: " + ANSWER);
                Flow read = new Flow();
                drain(in, MEBIBYTE, read);
                awaitStall(written);

                assertThat(written.bytes()).as("written while the reader rests").isLessThan(IN_THE_KERNEL);
                drain(in, ANSWER, read);
                assertThat(read.bytes()).isEqualTo(ANSWER);
                assertThat(read.sum()).isEqualTo(written.sum());
            }
            assertNothingLeaked(daemon, "200 MiB answer");
        }
    }

    @Test
    void largeRequestPassesASlowUpstreamInLittleMemory() throws Exception {
        Flow sent = new Flow();
        Flow received = new Flow();
        CompletableFuture<Void> swallowed = new CompletableFuture<>();
        try (RawServer upstream = new RawServer((socket, in, out) -> swallow(in, out, sent, received, swallowed));
                Product.Daemon daemon = small(upstream)) {
            try (Socket client = connect(daemon)) {
                ask(client, REQUEST, out -> pour(out, REQUEST, sent));
                assertThat(RawServer.head(client.getInputStream())).startsWith("HTTP/1.1 200");
            }
            swallowed.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            assertThat(received.bytes()).isEqualTo(REQUEST);
            assertThat(received.sum()).isEqualTo(sent.sum());
            assertNothingLeaked(daemon, "64 MiB request");
        }
    }

    private Product.Daemon small(RawServer upstream) {
        return new Product(home)
                .with("-Xmx96m", "-XX:MaxDirectMemorySize=64m", "-Dio.netty.leakDetection.level=paranoid")
                .config("connectors:\n  big: { url: " + upstream.url() + ", grant: none }\nlisten: { port: "
                        + FreePort.find() + ", localKey: off }\n")
                .daemon();
    }

    private static Socket connect(Product.Daemon daemon) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(64 * 1024);
        socket.setSoTimeout((int) LIMIT.toMillis());
        socket.connect(new InetSocketAddress(
                InetAddress.getLoopbackAddress(), URI.create(daemon.url()).getPort()));
        return socket;
    }

    @FunctionalInterface
    private interface Body {
        void writeTo(OutputStream out) throws IOException;
    }

    private static void ask(Socket client, long length, Body body) throws IOException {
        RawServer.say(
                client.getOutputStream(),
                "POST /mcp/big HTTP/1.1\r\nHost: 127.0.0.1:" + client.getPort()
                        + "\r\nAccept: application/json, text/event-stream\r\n" + KEPT_OPEN + length + "\r\n\r\n");
        body.writeTo(client.getOutputStream());
    }

    /** Takes the whole request first: a socket closed with something unread in it is reset, and the answer lost with it. */
    private static void answer(InputStream in, OutputStream out, Flow written) throws IOException {
        if (isVigilsOwn(RawServer.head(in))) {
            return;
        }
        in.readNBytes(2);
        RawServer.say(out, "HTTP/1.1 200 OK\r\n" + KEPT_OPEN + ANSWER + "\r\n\r\n");
        pour(out, ANSWER, written);
    }

    /** Reads a little, waits until the sender stands still, and reads the rest. */
    private static void swallow(
            InputStream in, OutputStream out, Flow sent, Flow received, CompletableFuture<Void> swallowed)
            throws IOException {
        if (isVigilsOwn(RawServer.head(in))) {
            return;
        }
        drain(in, MEBIBYTE, received);
        awaitStall(sent);
        if (sent.bytes() >= IN_THE_KERNEL) {
            swallowed.completeExceptionally(new AssertionError(sent.bytes() + " bytes taken while the upstream rests"));
        }
        drain(in, REQUEST, received);
        swallowed.complete(null);
        RawServer.say(out, "HTTP/1.1 200 OK\r\n" + KEPT_OPEN + "2\r\n\r\n{}");
    }

    /** It asks what a server offers; only what a client asks is measured. */
    private static boolean isVigilsOwn(String head) {
        return head.toLowerCase(Locale.ROOT).contains("\r\nuser-agent: vigil\r\n");
    }

    /** Writes until {@code flow} has seen so many bytes, no two pieces alike. */
    private static void pour(OutputStream out, long length, Flow flow) throws IOException {
        byte[] piece = new byte[64 * 1024];
        for (byte fill = 0; flow.bytes() < length; fill++) {
            Arrays.fill(piece, fill);
            out.write(piece);
            flow.passed(piece, piece.length);
        }
        out.flush();
    }

    /** Reads until {@code flow} has seen so many bytes, or to the end. */
    private static void drain(InputStream in, long length, Flow flow) throws IOException {
        byte[] piece = new byte[64 * 1024];
        int count = 0;
        while (count >= 0 && flow.bytes() < length) {
            count = in.read(piece, 0, (int) Math.min(piece.length, length - flow.bytes()));
            flow.passed(piece, Math.max(count, 0));
        }
    }

    /** Until nothing more has been written for half a second: the pressure has come through. */
    private static void awaitStall(Flow writing) {
        long[] last = {-1, System.nanoTime()};
        Await.until(
                LIMIT,
                () -> {
                    if (last[0] != writing.bytes()) {
                        last[0] = writing.bytes();
                        last[1] = System.nanoTime();
                    }
                    return System.nanoTime() - last[1] > Duration.ofMillis(500).toNanos();
                },
                () -> "the writer never stood still; it has written " + writing.bytes());
    }

    /** What has gone one way: how much, and a checksum. Written by one thread, read by another. */
    private static final class Flow {
        private final CRC32 sum = new CRC32();
        private long bytes;

        synchronized void passed(byte[] piece, int count) {
            sum.update(piece, 0, count);
            bytes += count;
        }

        synchronized long bytes() {
            return bytes;
        }

        synchronized long sum() {
            return sum.getValue();
        }
    }

    /** Netty reports a leak when a later buffer is taken after a collection, so both are brought about. */
    private void assertNothingLeaked(Product.Daemon daemon, String what) throws IOException {
        System.out.printf("%s: peak RSS %d MiB%n", what, daemon.peakMebibytes());
        for (int round = 0; round < 3; round++) {
            collectGarbage(daemon);
            for (int call = 0; call < 20; call++) {
                assertThat(Web.get(daemon.url() + "/healthz").statusCode()).isEqualTo(200);
            }
        }
        assertThat(daemon.child().story()).doesNotContain("LEAK").doesNotContain("OutOfMemory");
        assertThat(Checkout.read(home.resolve("log/vigil.jsonl"))).doesNotContain("LEAK");
    }

    private static void collectGarbage(Product.Daemon daemon) throws IOException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        Child collector = Child.start(
                "jcmd",
                new ProcessBuilder(
                        jcmd.toString(), Long.toString(daemon.child().process().pid()), "GC.run"));
        try (collector) {
            assertThat(collector.awaitExit(Duration.ofSeconds(30))).isZero();
        }
    }
}
