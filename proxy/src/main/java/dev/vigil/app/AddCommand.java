// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.Connector;
import dev.vigil.auth.GrantKind;
import dev.vigil.auth.RefreshSettings;
import dev.vigil.auth.Secret;
import dev.vigil.auth.VaultException;
import dev.vigil.oauth.ServerProbe.Finding;
import dev.vigil.oauth.ServerProbe.Finding.NotMcp;
import dev.vigil.oauth.ServerProbe.Finding.Open;
import dev.vigil.oauth.ServerProbe.Finding.Unreachable;
import dev.vigil.oauth.ServerProbe.Finding.WantsKey;
import dev.vigil.oauth.ServerProbe.Finding.WantsOAuth;
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
        GrantKind kind = kind().orElseGet(() -> asked(server));
        Connector connector = connector(server, kind);
        Optional<Secret> key = kind == GrantKind.HEADER ? Optional.of(key()) : Optional.empty();
        workplace.editor().put(connector);
        shell.say(name + ": " + (known ? "changed" : "added") + " in "
                + workplace.home().config() + ".");
        key.ifPresent(
                value -> new StaticKeys(workplace.vault(), workplace.elsewhere(), shell.time()).save(connector, value));
        workplace.tellOthers();
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

    private GrantKind asked(URI server) {
        shell.note("Asking " + server + " how it wants to be authorized ...");
        Finding finding = workplace.probe(server);
        if (finding instanceof WantsOAuth wants) {
            shell.say("It wants a login"
                    + wants.issuer().map(issuer -> " at " + issuer).orElse("") + ".");
            wants.note().ifPresent(note -> shell.note("Note: " + note));
            return GrantKind.OAUTH;
        }
        if (finding instanceof Open open) {
            shell.say("It is open to everybody"
                    + open.serverName().map(found -> " (" + found + ")").orElse("") + ".");
            return GrantKind.NONE;
        }
        if (finding instanceof WantsKey wants) {
            throw new Failure(
                    Failure.Code.USAGE,
                    server + " seems to want a key: " + wants.hint() + ". Nothing was added. See its documentation for"
                            + " the name of the header, then run: vigil add " + name + " " + server
                            + " --header HEADER");
        }
        if (finding instanceof NotMcp other) {
            throw new Failure(
                    Failure.Code.USAGE,
                    server + " is no MCP endpoint: it answered with " + other.answered() + ". Nothing was added."
                            + " Is the path right? Many end in /mcp");
        }
        if (finding instanceof Unreachable unreachable) {
            throw new Failure(
                    Failure.Code.UNREACHABLE,
                    server + " cannot be reached: " + unreachable.reason() + ". Nothing was added. To add it all the"
                            + " same: vigil add " + name + " " + server + " --grant oauth");
        }
        throw new AssertionError(finding);
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
