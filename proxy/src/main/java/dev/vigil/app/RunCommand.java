// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "run",
        description = {
            "Runs the daemon: the proxy that MCP clients talk to, and the renewal of every token.",
            "Prints 'listening on URL' when it is ready. Ends at Ctrl-C, SIGTERM or vigil stop, once calls under way"
                    + " are done, for ten seconds at most."
        },
        footer = {"", "Examples:", "  vigil run", "  vigil run --background     goes on when the terminal closes"})
final class RunCommand implements Callable<Integer> {
    private final Workplace workplace;
    private final Shell shell;

    @Option(names = "--background", description = "Start it, wait until it is ready, and return.")
    private boolean background;

    @Option(names = "--detached", hidden = true, description = "Log to the file only; what --background starts.")
    private boolean detached;

    RunCommand(Workplace workplace) {
        this.workplace = workplace;
        this.shell = workplace.shell();
    }

    @Override
    public Integer call() throws IOException {
        workplace.config();
        if (background) {
            refuseSecond(workplace.daemonFile().running());
            return new Background(workplace).start();
        }
        try (FileTurn turn = workplace.daemonFile().claim().orElseThrow(this::second)) {
            return daemon();
        }
    }

    private int daemon() throws IOException {
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        Thread hook = new Thread(() -> endGracefully(stop, ended), "drain");
        Runtime.getRuntime().addShutdownHook(hook);
        boolean person = shell.terminal().isPresent();
        try (LogFiles files = new LogFiles(workplace.home().log(), shell.out(), person)) {
            try (App app = start(detached ? files.fileOnly() : files, stop)) {
                workplace.publish(app.port());
                shell.say("listening on http://127.0.0.1:" + app.port());
                stop.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            workplace.daemonFile().retract();
            ended.countDown();
            forget(hook);
        }
        return 0;
    }

    private App start(EventLog.Sink log, CountDownLatch stop) {
        Config config = workplace.config();
        warnIfOpen(config);
        try {
            return App.start(workplace.parts(config, log), stop::countDown);
        } catch (IOException e) {
            throw PortTaken.failure(config.listen().port(), workplace.home().config(), e);
        }
    }

    private void warnIfOpen(Config config) {
        if (!config.listen().localKey()) {
            shell.note("Note: localKey is off, so every program on this machine may use your logins.");
        }
    }

    /** On SIGTERM and Ctrl-C: the JVM goes on while this hook runs, so exchanges can end. */
    private static void endGracefully(CountDownLatch stop, CountDownLatch ended) {
        stop.countDown();
        try {
            ended.await(App.DRAIN.toSeconds() + 5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            // It is the hook that made us end.
        }
    }

    private Failure second() {
        Optional<DaemonFile.Running> first = workplace.daemonFile().running();
        refuseSecond(first);
        return new Failure(Failure.Code.USAGE, "another daemon is starting or ending for " + workplace.home());
    }

    private static void refuseSecond(Optional<DaemonFile.Running> first) {
        first.ifPresent(running -> {
            throw new Failure(
                    Failure.Code.USAGE,
                    "the daemon is running already, on " + running.url() + " (process " + running.pid()
                            + "). To end it: vigil stop");
        });
    }
}
