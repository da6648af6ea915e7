// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.Connector;
import dev.vigil.auth.GrantKind;
import dev.vigil.auth.RefreshSettings;
import dev.vigil.auth.Secret;
import dev.vigil.auth.VaultException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "add",
        description = {
            "Adds a remote MCP server to the config, or changes one that is there.",
            "Asks the server whether it wants a login, a key or nothing, unless you say so."
        },
        footer = {
            "",
            "Examples:",
            "  vigil add notion https://mcp.notion.com/mcp",
            "  vigil add context7 https://mcp.context7.com/mcp --header CONTEXT7_API_KEY",
            "  pass show context7 | vigil add context7 https://mcp.context7.com/mcp --header CONTEXT7_API_KEY",
            "  vigil add local http://127.0.0.1:3001/mcp --grant none",
            "  vigil add linear --from-bucket"
        })
final class AddCommand implements Callable<Integer> {
    private final Workplace workplace;
    private final Shell shell;

    @Parameters(index = "0", paramLabel = "NAME", description = "What to call it: lower-case letters, digits, - and _.")
    private String name = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "URL", description = "Its MCP endpoint, http or https.")
    private String url = "";

    @Option(
            names = "--from-bucket",
            description = "Another machine shares a login under this name: address and login come from there.")
    private boolean fromBucket;

    @Option(
            names = "--header",
            paramLabel = "HEADER",
            description = "It wants a static key in this header. The key is asked for, never an argument.")
    private @Nullable String header;

    @Option(
            names = "--grant",
            paramLabel = "KIND",
            description = "How it is authorized: oauth, header or none. Default: the server is asked.")
    private @Nullable String grant;

    @Option(names = "--scope", paramLabel = "SCOPE", split = ",", description = "Scopes to ask for at the login.")
    private List<String> scopes = List.of();

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "A port of its own, for clients that mix up servers on one; auto takes a free one.")
    private @Nullable String port;

    AddCommand(Workplace workplace) {
        this.workplace = workplace;
        this.shell = workplace.shell();
    }

    @Override
    public Integer call() {
        if (fromBucket != url.isEmpty()) {
            throw new Failure(
                    Failure.Code.USAGE,
                    "write either the URL of " + name + ", or --from-bucket where a machine shares it");
        }
        if (fromBucket) {
            return new AddFromBucket(workplace).add(name, Optional.ofNullable(header));
        }
        boolean known = workplace.config().entry(name).isPresent();
        URI server = checkedUrl();
        GrantKind kind = kind().orElseGet(() -> new ServerTalk(workplace, name).asked(server));
        Connector connector = connector(server, kind);
        Optional<Secret> key = kind == GrantKind.HEADER ? Optional.of(key()) : Optional.empty();
        Optional<Integer> own = ownPort();
        Config config = workplace.editor().put(connector, own);
        shell.say(name + ": " + (known ? "changed" : "added") + " in "
                + workplace.home().config() + ".");
        key.ifPresent(
                value -> new StaticKeys(workplace.vault(), workplace.elsewhere(), shell.time()).save(connector, value));
        workplace.tellOthers();
        own.ifPresent(any -> shell.say("Clients find it at " + config.endpoint("", name)));
        shell.say("Next: " + next(connector));
        return 0;
    }

    private URI checkedUrl() {
        try {
            connector(ConfigValues.url(url), GrantKind.OAUTH);
            return ConfigValues.url(url);
        } catch (IllegalArgumentException e) {
            throw new Failure(Failure.Code.USAGE, String.valueOf(e.getMessage()));
        }
    }

    private Optional<Integer> ownPort() {
        try {
            return Optional.ofNullable(port)
                    .map(said -> said.equals("auto") ? OwnPorts.free(workplace.config()) : FacingSection.port(said));
        } catch (IllegalArgumentException e) {
            throw new Failure(Failure.Code.USAGE, "--port: " + e.getMessage());
        }
    }

    /** What the person said; empty when the server is to be asked. */
    private Optional<GrantKind> kind() {
        if (grant == null) {
            return header == null ? Optional.empty() : Optional.of(GrantKind.HEADER);
        }
        try {
            GrantKind kind = ConfigValues.kind(grant);
            if ((kind == GrantKind.HEADER) != (header != null)) {
                throw new Failure(Failure.Code.USAGE, "--grant header and --header HEADER go together");
            }
            return Optional.of(kind);
        } catch (IllegalArgumentException e) {
            throw new Failure(Failure.Code.USAGE, "--grant: " + e.getMessage());
        }
    }

    private Connector connector(URI server, GrantKind kind) {
        try {
            Optional<String> carrier = kind == GrantKind.HEADER ? Optional.ofNullable(header) : Optional.empty();
            return new Connector(name, server, kind, carrier, scopes, Optional.empty(), RefreshSettings.DEFAULT);
        } catch (IllegalArgumentException e) {
            throw new Failure(Failure.Code.USAGE, String.valueOf(e.getMessage()));
        }
    }

    private Secret key() {
        return shell.secret("Value of the header " + header + " (as the server wants it, not shown)");
    }

    private String next(Connector connector) {
        return connector.kind() == GrantKind.OAUTH && !isLoggedIn(connector)
                ? "vigil login " + name
                : "vigil connect claude-code " + name;
    }

    /** A connector that was only changed may have its login already. */
    private boolean isLoggedIn(Connector connector) {
        try {
            return workplace
                    .vault()
                    .load(name)
                    .filter(grant -> grant.fits(connector) && grant.oauth().isPresent())
                    .filter(grant -> grant.refusal().isEmpty())
                    .isPresent();
        } catch (VaultException e) {
            return false; // the login tells what is wrong with the file
        }
    }
}
