// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.vault.SafeFiles;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.RuntimeMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Starts the daemon as a process of its own that outlives the terminal: in a session of its own where the system has
 * {@code setsid}, else deaf to the hang-up signal.
 */
record Background(Workplace workplace) {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration LOOK = Duration.ofMillis(50);

    /** Blocks until the daemon listens or has given up; its exit code. */
    int start() throws IOException {
        Path said = workplace.home().log().resolve("daemon.out");
        SafeFiles.onDisk().replace(said, new byte[0]); // ours alone; the system would make it with everybody's mode
        Process daemon = new ProcessBuilder(command())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        Optional<DaemonFile.Running> running = awaited(daemon);
        if (running.isPresent()) {
            Shell shell = workplace.shell();
            shell.say("listening on " + running.get().url() + " (process "
                    + running.get().pid() + ")");
            shell.say("Log: " + workplace.home().log().resolve("vigil.jsonl") + ". To end it: vigil stop");
            return 0;
        }
        if (daemon.isAlive()) {
            daemon.destroy();
            throw new Failure(
                    Failure.Code.UNEXPECTED,
                    "the daemon was not ready within " + PATIENCE.toSeconds() + " s and was ended. It said: " + said);
        }
        Files.readAllLines(said).forEach(workplace.shell()::note);
        return daemon.exitValue();
    }

    private Optional<DaemonFile.Running> awaited(Process daemon) {
        Duration begun = elapsed();
        while (daemon.isAlive() && elapsed().minus(begun).compareTo(PATIENCE) < 0) {
            Optional<DaemonFile.Running> running = workplace.daemonFile().running();
            if (running.isPresent() && running.get().pid() == daemon.pid()) {
                return running;
            }
            nap(daemon);
        }
        return Optional.empty();
    }

    private Duration elapsed() {
        return workplace.shell().time().now().monotonic();
    }

    private static void nap(Process daemon) {
        try {
            daemon.waitFor(LOOK.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Failure.Code.UNEXPECTED, "interrupted");
        }
    }

    /** This very program, with the options that this JVM was given. */
    private List<String> command() {
        RuntimeMXBean jvm = ManagementFactory.getRuntimeMXBean();
        List<String> command = new ArrayList<>();
        command.add(isOnPath("setsid") ? "setsid" : "nohup");
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(jvm.getInputArguments());
        command.addAll(List.of("-cp", jvm.getClassPath(), Main.class.getName(), "run", "--detached"));
        return command;
    }

    private boolean isOnPath(String name) {
        String path = workplace.shell().variable("PATH").orElse("");
        return Arrays.stream(path.split(":")).anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
    }
}
