// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon may open no more files, and clients go on connecting. */
class DescriptorsIT {
    private static final int LIMIT_OF_FILES = 300;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration STUCK = Duration.ofSeconds(3);

    @TempDir
    private Path home;

    @Test
    void daemonThatMayOpenNoMoreFilesSaysSoRestsAndGoesOn() throws IOException {
        Product product = new Product(home)
                .launchedBy(List.of("sh", "-c", "ulimit -n " + LIMIT_OF_FILES + "; exec \"$@\"", "sh"))
                .config("connectors:\n  dead: { url: http://127.0.0.1:9/mcp }\nlisten: { port: " + FreePort.find()
                        + ", localKey: off }\n");
        try (Product.Daemon daemon = product.daemon()) {
            int port = URI.create(daemon.url()).getPort();
            try (Crowd crowd = new Crowd()) {
                crowd.open(LIMIT_OF_FILES, port, "/mcp/dead");
                Await.until(
                        LIMIT,
                        () -> product.log("turned_away").stream()
                                .anyMatch(line -> line.toString().contains("no connection can be taken in")),
                        () -> "nothing of it in the log. " + daemon.child().story());
                assertThat(crowd.streams()).isBetween(100, LIMIT_OF_FILES - 1);
                assertItRests(daemon);
                assertThat(crowd.ended()).as("who is in stays").isZero();
            }
            Await.until(
                    LIMIT,
                    () -> Web.get(daemon.url() + "/healthz").statusCode() == 200,
                    () -> "it takes in nobody. " + daemon.child().story());
            assertThat(daemon.child().story()).as("no stack trace a second").doesNotContain("exceptionCaught");
            assertThat(product.log("turned_away")).as("once a minute").hasSizeLessThan(3);
        }
    }

    /** For some seconds it can take nobody in, and that may not keep a processor busy. */
    private static void assertItRests(Product.Daemon daemon) {
        Duration before = cpu(daemon);
        long begun = System.nanoTime();
        Await.until(LIMIT, () -> System.nanoTime() - begun > STUCK.toNanos(), () -> "time stands still");
        assertThat(cpu(daemon).minus(before)).isLessThan(STUCK.dividedBy(2));
    }

    private static Duration cpu(Product.Daemon daemon) {
        return daemon.child().process().toHandle().info().totalCpuDuration().orElseThrow();
    }
}
