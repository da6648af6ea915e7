// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.VaultException;
import dev.vigil.sync.StoreException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code vigil} command. */
@Command(
        name = "vigil",
        description = "Keeps remote MCP servers authorized while nobody is watching.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = HelpCommand.class,
        footer = {
            "",
            "To begin:",
            "  vigil add notion https://mcp.notion.com/mcp",
            "  vigil run --background",
            "  vigil login notion",
            "  vigil connect claude-code",
            "",
            "Exit codes: 0 fine, 1 unexpected, 2 usage or config, 3 login needed, 5 unreachable for now,",
            "6 storage or key, 7 sync."
        })
public final class Main implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    private Main() {}

    /** Runs a command and exits with its code. */
    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        Shell shell = new Shell(System.in, out, err, System.getenv(), Terminal.console());
        System.exit(run(arguments, shell));
    }

    /** Runs a command in this process; blocks until it is done. Several may run at once. */
    static int run(String[] arguments, Shell shell) {
        LibraryLogs.onlyWarnings();
        CommandLine line = new CommandLine(new Main());
        new Commands(shell).all().forEach(line::addSubcommand);
        addHelp(line);
        line.setUsageHelpWidth(110);
        line.setOut(writer(shell.out()));
        line.setErr(writer(shell.err()));
        line.setParameterExceptionHandler(Main::misused);
        line.setExecutionExceptionHandler((failure, command, parsed) -> failed(failure, shell));
        return line.execute(arguments);
    }

    /** Runs a command in this process, with everything it gets from outside; its exit code. */
    public static int run(
            String[] arguments, InputStream in, PrintStream out, PrintStream err, Map<String, String> environment) {
        return run(arguments, new Shell(in, out, err, environment, Optional.empty()));
    }

    /** Without a command. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "No command given.");
    }

    private static void addHelp(CommandLine command) {
        if (!(command.getCommand() instanceof HelpCommand)) {
            command.getCommandSpec()
                    .addOption(OptionSpec.builder("-h", "--help")
                            .usageHelp(true)
                            .description("Shows this help.")
                            .build());
        }
        command.getSubcommands().values().forEach(Main::addHelp);
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
    }

    private static int misused(ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        command.getErr().println("vigil: " + e.getMessage());
        CommandLine.UnmatchedArgumentException.printSuggestions(e, command.getErr());
        command.getErr().println("Help: " + command.getCommandSpec().qualifiedName() + " --help");
        return Failure.Code.USAGE.number();
    }

    /** Whoever sees a stack trace has found a bug; everything else is a sentence. */
    private static int failed(Exception failure, Shell shell) {
        if (failure instanceof Failure told) {
            shell.note("vigil: " + told.getMessage());
            return told.code().number();
        }
        if (failure instanceof ConfigException told) {
            told.problems().forEach(shell::note);
            return Failure.Code.USAGE.number();
        }
        if (failure instanceof StoreException told) {
            shell.note("vigil: " + told.getMessage());
            return SyncText.code(told.isRetriable()).number();
        }
        if (failure instanceof VaultException told) {
            shell.note("vigil: " + told.getMessage());
            return Failure.Code.STORAGE.number();
        }
        failure.printStackTrace(shell.err());
        shell.note("vigil: unexpected error; this is a bug. Please report the lines above.");
        return Failure.Code.UNEXPECTED.number();
    }
}
