// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.demo.DemoAuthServer;
import dev.vigil.demo.TokenFault;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo promises much, so it must own up when a promise is broken. That it keeps them is shown end to end. */
class DemoStoryTest {
    private static final Duration LIFETIME = Duration.ofSeconds(2);

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final DemoAuthServer.Settings settings =
            DemoAuthServer.Settings.standard().withAccessLifetime(LIFETIME);

    @TempDir
    private Path home;

    @Test
    void storyStopsAtACallThatFailsAndIsNotGood() throws InterruptedException {
        settings.faults().next(1, TokenFault.oauthError(400, "invalid_grant"), "refresh_token");

        assertThat(told()).isFalse();
        assertThat(said.toString(StandardCharsets.UTF_8))
                .contains("   BAD  ")
                .contains("NOT as promised")
                .doesNotContain("a skip that an agent can act on");
    }

    @Test
    void storyThatIsEndedEarlyDoesNotClaimToBeGood() throws InterruptedException {
        CountDownLatch stop = new CountDownLatch(0);

        assertThat(told(stop)).isFalse();
    }

    private boolean told() throws InterruptedException {
        return told(new CountDownLatch(1));
    }

    private boolean told(CountDownLatch stop) throws InterruptedException {
        Shell shell = new Shell(
                InputStream.nullInputStream(),
                new PrintStream(said, true, StandardCharsets.UTF_8),
                new PrintStream(said, true, StandardCharsets.UTF_8),
                Map.of("HOME", home.toString()),
                Optional.empty());
        try (DemoWorld world = DemoWorld.start(shell, settings)) {
            return new DemoStory(shell, world, LIFETIME, 2, stop).tell();
        }
    }
}
