// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.demo.DemoAuthServer;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "demo",
        description = {
            "Shows the whole story in two minutes, without an account or a network.",
            "Runs in a temporary folder and on free ports: a daemon that runs already is not touched."
        },
        footer = {
            "",
            "Examples:",
            "  vigil demo           the story, then it stays up for you to play with",
            "  vigil demo --once    the story only; exit code 0 if every step was as promised, else 1"
        })
final class DemoCommand implements Callable<Integer> {
    private static final Duration LIFETIME = Duration.ofSeconds(30);
    private static final int LIFETIMES = 3;

    private final Shell shell;

    @Option(names = "--once", description = "End after the story.")
    private boolean once;

    DemoCommand(Workplace workplace) {
        this.shell = workplace.shell();
    }

    @Override
    public Integer call() throws InterruptedException {
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch cleaned = new CountDownLatch(1);
        Thread hook = new Thread(
                () -> {
                    stop.countDown();
                    awaitQuietly(cleaned);
                },
                "demo-end");
        Runtime.getRuntime().addShutdownHook(hook);
        shell.say("Vigil demo: an authorization server, an MCP server and Vigil, all on this machine.");
        try (DemoWorld world =
                DemoWorld.start(shell, DemoAuthServer.Settings.standard().withAccessLifetime(LIFETIME))) {
            DemoStory story = new DemoStory(shell, world, LIFETIME, LIFETIMES, stop);
            boolean good = story.tell();
            if (!once && stop.getCount() > 0) {
                play(world, story, stop);
            }
            return good ? 0 : Failure.Code.UNEXPECTED.number();
        } finally {
            cleaned.countDown();
        }
    }

    /** Stays up until Ctrl-C or {@code quit}. */
    private void play(DemoWorld world, DemoStory story, CountDownLatch stop) throws InterruptedException {
        shell.say("");
        shell.say("It stays up for you to play with. Its log: " + world.logFile());
        shell.say("To look from another terminal: VIGIL_HOME=" + world.folder() + " ./vigil status");
        shell.say("Type revoke, login or quit. Ctrl-C ends it too, and nothing is left behind.");
        Thread reader = new Thread(() -> obey(world, story, stop), "demo-typed");
        reader.setDaemon(true); // it may sit in a read that nothing can end
        reader.start();
        stop.await();
    }

    private void obey(DemoWorld world, DemoStory story, CountDownLatch stop) {
        for (Optional<String> line = shell.line(); line.isPresent(); line = shell.line()) {
            switch (line.get().strip().toLowerCase(Locale.ROOT)) {
                case "revoke" -> {
                    world.auth().revokeEverything();
                    shell.say("Revoked. The next call is answered with a skip.");
                }
                case "login" -> story.login();
                case "quit", "exit" -> stop.countDown();
                case "" -> {}
                default -> shell.say("Type revoke, login or quit.");
            }
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
