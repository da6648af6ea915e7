// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Thousands of streams on which nobody says a word, those of a server and those that Vigil holds while a login is missing: what
 * each costs, and that they are in nobody's way. Times are printed and never judged; memory is judged so that only a leak fails.
 */
class IdleStreamsIT {
    private static final int STREAMS = 5_000;
    private static final int DESCRIPTORS = 16_500;
    /** Several times what was measured. */
    private static final long MOST_PER_STREAM = 64 * 1024;

    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir
    private Path home;

    @Test
    void tenThousandIdleStreamsAreCheapKeptAliveAndLeaveNothingBehind() throws IOException {
        if (Descriptors.limit() < DESCRIPTORS) {
            throw Requires.missing("open files", "Run with: ulimit -n " + DESCRIPTORS);
        }
        try (StreamServer upstream = new StreamServer();
                Product.Daemon daemon = daemon(upstream)) {
            assertThat(call(daemon, "open")).contains("\"content\":[]");
            long before = heap(daemon);
            int filesBefore = files(daemon);
            try (Crowd crowd = new Crowd()) {
                open(crowd, daemon, "open");
                assertThat(upstream.open()).isEqualTo(STREAMS);
                long passing = cost(daemon, "passing from a server", before);
                open(crowd, daemon, "dead");
                assertThat(upstream.open())
                        .as("nobody is asked without a login")
                        .isEqualTo(STREAMS);
                long held = cost(daemon, "held by Vigil", before + passing);
                System.out.printf("%d files open for %d streams%n", files(daemon) - filesBefore, 2 * STREAMS);
                assertThat(List.of(passing / STREAMS, held / STREAMS)).allMatch(each -> each < MOST_PER_STREAM);
                assertNextCallsAreAnswered(daemon);
                Await.until(
                        LIMIT,
                        () -> crowd.commented() == 2 * STREAMS,
                        () -> crowd.commented() + " of " + 2 * STREAMS + " streams have heard a comment");
                assertThat(crowd.ended()).isZero();
            }
            Await.until(LIMIT, () -> upstream.open() == 0, () -> upstream.open() + " streams are open still");
            Await.until(
                    LIMIT,
                    () -> files(daemon) < filesBefore + 100,
                    () -> files(daemon) + " files open, and " + filesBefore + " before");
            long left = heap(daemon) - before;
            System.out.printf("heap left behind by %d streams: %d KiB%n", 2 * STREAMS, left / 1024);
            assertThat(left).as("bytes left behind").isLessThan(2 * STREAMS * 1024L);
            assertThat(call(daemon, "open")).contains("\"content\":[]");
        }
    }

    private Product.Daemon daemon(StreamServer upstream) {
        return new Product(home)
                .config("connectors:\n  open: { url: " + upstream.url() + ", grant: none }\n  dead: { url: "
                        + upstream.url() + " }\nlisten: { port: " + FreePort.find() + ", localKey: off }\n")
                .daemon();
    }

    private static void open(Crowd crowd, Product.Daemon daemon, String connector) throws IOException {
        int wanted = crowd.streams() + STREAMS;
        long begun = System.nanoTime();
        crowd.open(STREAMS, URI.create(daemon.url()).getPort(), "/mcp/" + connector);
        Await.until(LIMIT, () -> crowd.streams() == wanted, () -> crowd.streams() + " of " + wanted + " streams began");
        System.out.printf("%d streams of %s opened in %d ms%n", STREAMS, connector, millisSince(begun));
    }

    private static void assertNextCallsAreAnswered(Product.Daemon daemon) {
        long begun = System.nanoTime();
        assertThat(call(daemon, "open")).contains("\"content\":[]");
        System.out.printf("a call beside them: %d ms%n", millisSince(begun));
        begun = System.nanoTime();
        assertThat(call(daemon, "dead")).contains("not logged in to dead");
        System.out.printf("a skip beside them: %d ms%n", millisSince(begun));
    }

    private static String call(Product.Daemon daemon, String connector) {
        return Web.send(Mcp.calling(daemon.endpoint(connector), "none", "t")).body();
    }

    private static long cost(Product.Daemon daemon, String what, long before) throws IOException {
        long cost = heap(daemon) - before;
        System.out.printf(
                "a stream %s: %d bytes of heap; peak RSS %d MiB%n", what, cost / STREAMS, daemon.peakMebibytes());
        return cost;
    }

    private static int files(Product.Daemon daemon) {
        return OpenFiles.of(daemon.child().process().pid()).size();
    }

    /** Bytes in use after a collection, as {@code jcmd} tells them of each generation. */
    private static long heap(Product.Daemon daemon) throws IOException {
        jcmd(daemon, "GC.run");
        Matcher used = Pattern.compile("generation +total \\d+K, used (\\d+)K").matcher(jcmd(daemon, "GC.heap_info"));
        long sum = 0;
        int generations = 0;
        while (used.find()) {
            sum += Long.parseLong(used.group(1)) * 1024;
            generations++;
        }
        assertThat(generations).isEqualTo(2);
        return sum;
    }

    private static String jcmd(Product.Daemon daemon, String command) throws IOException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        String pid = Long.toString(daemon.child().process().pid());
        try (Child asked = Child.start("jcmd", new ProcessBuilder(jcmd.toString(), pid, command))) {
            assertThat(asked.awaitExit(Duration.ofSeconds(30))).isZero();
            return String.join("\n", asked.output());
        }
    }

    private static long millisSince(long begun) {
        return Duration.ofNanos(System.nanoTime() - begun).toMillis();
    }
}
