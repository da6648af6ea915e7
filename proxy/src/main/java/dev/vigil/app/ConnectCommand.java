// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.Connector;
import dev.vigil.auth.Secret;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "connect",
        description = {
            "Lets an MCP client use Vigil: makes a local key for it and prints what to paste.",
            "The key is shown this once. Connecting the same client again makes a new key and ends the one before."
        },
        footer = {
            "",
            "Examples:",
            "  vigil connect claude-code                the line for every connector",
            "  vigil connect claude-code notion         the line for this one",
            "  vigil connect codex                      URL and header, for any other client",
            "  vigil connect claude-code --revoke       ends its key"
        })
final class ConnectCommand implements Callable<Integer> {
    private static final String CLAUDE_CODE = "claude-code";

    private final Workplace workplace;
    private final Shell shell;

    @Parameters(
            index = "0",
            paramLabel = "CLIENT",
            description = "A name for the client; claude-code gets its own line.")
    private String client = "";

    @Parameters(index = "1..*", paramLabel = "NAME", description = "Connectors. Default: all.")
    private List<String> names = List.of();

    @Option(names = "--revoke", description = "End the client's key instead.")
    private boolean revoke;

    ConnectCommand(Workplace workplace) {
        this.workplace = workplace;
        this.shell = workplace.shell();
    }

    @Override
    public Integer call() {
        if (!Connector.isName(client)) {
            throw new Failure(
                    Failure.Code.USAGE,
                    "'" + client + "' cannot be a client's name: lower-case letters, digits, - and _ only");
        }
        return revoke ? revoked() : connected();
    }

    private int revoked() {
        boolean ended = workplace.vaults().localKeys().revoke(client);
        workplace.tellDaemon();
        if (!ended) {
            throw new Failure(Failure.Code.USAGE, client + " has no key");
        }
        shell.say(client + ": its key has ended.");
        return 0;
    }

    private int connected() {
        List<Connector> wanted = names.isEmpty()
                ? workplace.config().connectors()
                : names.stream().map(workplace::connector).toList();
        if (wanted.isEmpty()) {
            throw new Failure(Failure.Code.USAGE, "there is no connector yet. First: vigil add NAME URL");
        }
        String url = workplace.url();
        boolean needsKey = workplace.config().listen().localKey();
        Optional<Secret> key = needsKey ? Optional.of(fresh()) : Optional.empty();
        for (Connector connector : wanted) {
            instructions(client, connector.name(), workplace.config().endpoint(url, connector.name()), key)
                    .forEach(shell::say);
        }
        shell.note(
                needsKey
                        ? "The key is shown this once. To end it: vigil connect " + client + " --revoke"
                        : "No key is needed: vigil.yaml says localKey: off, so every program on this machine may use your logins.");
        return 0;
    }

    private Secret fresh() {
        Secret key = workplace.vaults().localKeys().mint(client);
        workplace.tellDaemon();
        return key;
    }

    /**
     * What the person pastes.
     *
     * @param key empty where none is needed
     */
    static List<String> instructions(String client, String name, String url, Optional<Secret> key) {
        Optional<String> header = key.map(fresh -> "Authorization: Bearer " + fresh.reveal());
        if (client.equals(CLAUDE_CODE)) {
            String option = header.map(line -> " --header \"" + line + "\"").orElse("");
            return List.of("claude mcp add --transport http " + name + " " + url + option);
        }
        return Stream.concat(Stream.of(name, "  " + url), header.stream().map(line -> "  " + line))
                .toList();
    }
}
