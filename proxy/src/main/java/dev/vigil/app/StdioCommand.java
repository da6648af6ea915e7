// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.Connector;
import dev.vigil.stdio.Bridge;
import java.io.IOException;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "stdio",
        description = {
            "Serves a connector to an MCP client that speaks stdio only; the client starts it, not you.",
            "Goes through the daemon where one runs, else serves by itself. Needs no local key. Ends with its client."
        },
        footer = {
            "",
            "In the config of Claude Desktop and the like:",
            "  \"notion\": { \"command\": \"/path/to/vigil\", \"args\": [\"stdio\", \"notion\"] }"
        })
final class StdioCommand implements Callable<Integer> {
    /** Bridges in the log. No local key can be called so, for its blank. */
    static final String CLIENT = "vigil stdio";

    /** Longer than the last answers, the farewell and the end of our own proxy take together. */
    private static final long END_SECONDS = 20;

    private final Workplace workplace;
    private final Shell shell;

    @Parameters(index = "0", paramLabel = "NAME", description = "The connector.")
    private String name = "";

    StdioCommand(Workplace workplace) {
        this.workplace = workplace;
        this.shell = workplace.shell();
    }

    @Override
    public Integer call() throws IOException {
        Connector connector = workplace.connector(name);
        PrintStream strays = System.out;
        System.setOut(shell.err()); // standard output belongs to the messages; no library may print among them
        try (NearestProxy proxy = NearestProxy.find(workplace, connector)) {
            serve(proxy);
            return 0;
        } finally {
            System.setOut(strays);
        }
    }

    private void serve(NearestProxy proxy) {
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        Thread hook = new Thread(() -> endGracefully(end, ended), "last-answers");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            Bridge bridge = new Bridge(
                    proxy.endpoint(),
                    shell.out(),
                    end::countDown,
                    line -> shell.note(LogLine.shown("vigil: " + line, 500)));
            listen(bridge, end);
            ProcessHandle.current().parent().ifPresent(parent -> parent.onExit().thenRun(end::countDown));
            end.await();
            bridge.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ended.countDown();
            RunCommand.forget(hook);
        }
    }

    /** On a thread of its own, since a read cannot be ended from outside when the parent has died. */
    private void listen(Bridge bridge, CountDownLatch end) {
        Thread reader = new Thread(
                () -> {
                    try {
                        bridge.pass(shell.input());
                    } catch (IOException e) {
                        shell.note("vigil: standard input broke: " + e.getMessage());
                    } finally {
                        end.countDown();
                    }
                },
                "stdin");
        reader.setDaemon(true);
        reader.start();
    }

    /** On SIGTERM and Ctrl-C: the JVM goes on while this hook runs. */
    private static void endGracefully(CountDownLatch end, CountDownLatch ended) {
        end.countDown();
        try {
            ended.await(END_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
