// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;

@Command(
        name = "stop",
        description = "Ends the daemon: calls under way may finish first, for ten seconds at most.",
        footer = {"", "Example:", "  vigil stop"})
final class StopCommand implements Callable<Integer> {
    /** Longer than the daemon takes to drain and to close. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final Duration LOOK = Duration.ofMillis(50);

    private final Workplace workplace;

    StopCommand(Workplace workplace) {
        this.workplace = workplace;
    }

    @Override
    public Integer call() {
        Shell shell = workplace.shell();
        Optional<DaemonFile.Running> daemon = workplace.daemonFile().running();
        if (daemon.isEmpty()) {
            shell.say("No daemon is running.");
            return 0;
        }
        ask(daemon.get());
        if (!isGoneWithin(PATIENCE)) {
            throw new Failure(
                    Failure.Code.UNEXPECTED,
                    "process " + daemon.get().pid() + " has not ended within " + PATIENCE.toSeconds()
                            + " s. To end it by force: kill -9 " + daemon.get().pid());
        }
        shell.say("Stopped (process " + daemon.get().pid() + ").");
        return 0;
    }

    /** A daemon that does not answer any more may still listen to a signal. */
    private void ask(DaemonFile.Running daemon) {
        try {
            workplace.client(daemon).stop();
        } catch (Failure unanswered) {
            ProcessHandle.of(daemon.pid())
                    .filter(process -> process.pid() != ProcessHandle.current().pid())
                    .ifPresent(ProcessHandle::destroy);
        }
    }

    private boolean isGoneWithin(Duration patience) {
        Duration begun = elapsed();
        while (workplace.daemonFile().running().isPresent()) {
            if (elapsed().minus(begun).compareTo(patience) > 0) {
                return false;
            }
            LockSupport.parkNanos(LOOK.toNanos());
        }
        return true;
    }

    private Duration elapsed() {
        return workplace.shell().time().now().monotonic();
    }
}
