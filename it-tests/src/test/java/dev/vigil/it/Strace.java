// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A hand that kills a running process at a system call of our choice: {@code strace} attached to it, which sends SIGKILL as
 * a thread enters the call, so that the call does not happen any more. strace counts the calls of each thread by itself, from
 * the moment it is attached.
 */
final class Strace implements AutoCloseable {
    /** How Java tells that a process died of SIGKILL: 128 and the number of the signal. */
    static final int KILLED = 137;

    private static final Duration ATTACH = Duration.ofSeconds(60);
    private static final Duration END = Duration.ofSeconds(60);

    private static final String REMEDY =
            "Run: apt-get install strace. Where it is there but may not attach itself, be root"
                    + " or run: sysctl kernel.yama.ptrace_scope=0";

    private static final Path YAMA = Path.of("/proc/sys/kernel/yama/ptrace_scope");
    private static final Map<String, Integer> PRCTL = Map.of("amd64", 157, "aarch64", 167);

    private static final Pattern INTERRUPTED = Pattern.compile(" <unfinished \\.\\.\\.>\n<\\.\\.\\. \\w+ resumed>");

    private final Child child;
    private final Path output;

    private Strace(Child child, Path output) {
        this.child = child;
        this.output = output;
    }

    /** Ends the test with what is missing unless strace can be attached to a process of ours and kill it. */
    static void require(Path scratch) {
        List<String> command = new ArrayList<>(launcher());
        command.add("cat");
        try (Child victim = Child.start("victim", new ProcessBuilder(command));
                Strace strace =
                        killing(victim.process().pid(), "read", 1, Optional.empty(), scratch.resolve("trace"))) {
            if (!strace.hasAttached()) {
                throw Requires.missing("a strace that may attach itself. " + strace.child.story(), REMEDY);
            }
            victim.awaitExit(END);
        } catch (UncheckedIOException e) {
            throw Requires.missing("strace (" + e.getMessage() + ")", REMEDY);
        }
    }

    /**
     * What has to start a process that is to be traced. Ubuntu lets only ancestors trace a process (Linux,
     * {@code Documentation/admin-guide/LSM/Yama.rst}) unless it has said before that others of its user may, by
     * {@code prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY)}; elsewhere nothing is needed.
     */
    static List<String> launcher() {
        Integer prctl = PRCTL.get(System.getProperty("os.arch"));
        boolean restricted =
                Files.isReadable(YAMA) && Checkout.read(YAMA).strip().equals("1");
        return restricted && prctl != null
                ? List.of("perl", "-e", "syscall(" + prctl + ", 0x59616d61, -1, 0, 0, 0); exec @ARGV")
                : List.of();
    }

    /**
     * Attaches itself. From here on the first thread that enters {@code syscall} for the {@code nth} time kills the process.
     *
     * @param syscall the beginning of its name: what is {@code rename} here is {@code renameat} on other machines
     * @param only counts only calls that are made with exactly this path, where given
     * @param output a file for what {@link #calls} reads
     */
    static Strace killing(long pid, String syscall, int nth, Optional<Path> only, Path output) {
        List<String> command = new ArrayList<>(List.of("strace", "-f", "-y", "-s", "0", "-o", output.toString()));
        command.addAll(List.of("-e", "trace=/^(fsync|rename|unlink|openat|" + syscall + ")"));
        command.addAll(List.of("-e", "inject=/^" + syscall + ":signal=KILL:when=" + nth));
        only.ifPresent(path -> command.addAll(List.of("-P", path.toString())));
        command.addAll(List.of("-p", Long.toString(pid)));
        Strace strace = new Strace(Child.start("strace", new ProcessBuilder(command)), output);
        Await.until(
                ATTACH,
                () -> strace.hasAttached() || !strace.child.process().isAlive(),
                () -> "strace neither attaches itself nor ends. " + strace.child.story());
        return strace;
    }

    private boolean hasAttached() {
        return child.errors().stream().anyMatch(line -> line.contains(" attached"));
    }

    /**
     * The calls that strace has seen, thread by thread, once the traced process has ended: files and renames only, and only
     * those with the one path where one was given. What other threads did meanwhile no longer interrupts a call's line.
     */
    List<String> calls() {
        child.awaitExit(END);
        Map<String, String> threads = Checkout.read(output)
                .lines()
                .map(line -> line.split(" +", 2))
                .collect(Collectors.toMap(parts -> parts[0], parts -> parts[1], (one, next) -> one + '\n' + next));
        return threads.values().stream()
                .map(thread -> INTERRUPTED.matcher(thread).replaceAll(""))
                .flatMap(String::lines)
                .toList();
    }

    /** Did a thread die as it was about to make this call? The call's arguments contain {@code where}. */
    static boolean hasKilledIn(List<String> calls, String syscall, String where) {
        return calls.stream()
                .filter(call -> call.startsWith(syscall) && call.contains(where))
                .anyMatch(call -> call.endsWith(" = ?") || call.endsWith(" <unfinished ...>"));
    }

    /** Has this call come to a good end? */
    static boolean hasDone(List<String> calls, String syscall, String where) {
        return calls.stream()
                .filter(call -> call.startsWith(syscall) && call.contains(where))
                .anyMatch(call -> call.endsWith(" = 0"));
    }

    @Override
    public void close() {
        child.close();
    }
}
