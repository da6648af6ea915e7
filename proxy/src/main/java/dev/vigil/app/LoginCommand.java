// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.Connector;
import dev.vigil.oauth.LoginReport;
import dev.vigil.oauth.ServerProbe.Finding.WantsOAuth;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "login",
        description = {
            "Logs in to a connector, in your browser.",
            "The only command that opens a browser. Works with or without a running daemon."
        },
        footer = {
            "",
            "Examples:",
            "  vigil login notion",
            "  vigil login notion --no-browser        prints the URL; for a machine without a screen",
            "  vigil login notion --scope read,write  asks for these scopes"
        })
final class LoginCommand implements Callable<Integer> {
    private final Workplace workplace;

    @Parameters(paramLabel = "NAME", description = "The connector, as in vigil add.")
    private String name = "";

    @Option(names = "--no-browser", description = "Print the URL and wait, without opening a browser.")
    private boolean noBrowser;

    @Option(
            names = "--scope",
            paramLabel = "SCOPE",
            split = ",",
            description =
                    "Scopes to ask for beside those that the login has. Without a login, instead of the usual ones.")
    private @Nullable List<String> scopes;

    LoginCommand(Workplace workplace) {
        this.workplace = workplace;
    }

    @Override
    public Integer call() {
        Shell shell = workplace.shell();
        Connector connector = oauth(workplace.connector(name));
        Optional<Browser> browser = noBrowser ? Optional.empty() : Optional.of(workplace.browser());
        Optional<DaemonClient> daemon = workplace.daemon();
        try (LoginDesk desk = daemon.<LoginDesk>map(client -> client).orElseGet(workplace::ownDesk)) {
            LoginReport report = new LoginTalk(shell, desk).through(connector, Optional.ofNullable(scopes), browser);
            LoginWords.of(report, daemon.isPresent()).forEach(shell::sayForeign);
        }
        if (daemon.isEmpty()) {
            workplace.tellOthers();
        }
        workplace
                .config()
                .sync()
                .filter(SyncConfig::readOnly)
                .ifPresent(any ->
                        shell.note("Note: readOnly: on keeps this login here; the other machines do not get it."));
        return 0;
    }

    private Connector oauth(Connector connector) {
        return switch (connector.kind()) {
            case OAUTH -> connector;
            case NONE -> wantsLoginNow(connector);
            case HEADER ->
                throw new Failure(
                        Failure.Code.USAGE,
                        name + " is authorized by a static key, not by a login. To type a new one: vigil add " + name
                                + " " + connector.url() + " --header "
                                + connector.header().orElseThrow());
        };
    }

    /** A server that needed no login when it was added may want one by now: the skip for its 401 sends people here. */
    private Connector wantsLoginNow(Connector connector) {
        if (!(workplace.probe(connector.url()) instanceof WantsOAuth)) {
            throw new Failure(
                    Failure.Code.USAGE,
                    name + " is configured to need no login (grant: none), and " + connector.url() + " asks for none");
        }
        Connector changed = Connector.oauth(name, connector.url());
        workplace.editor().put(changed);
        workplace.tellDaemon();
        workplace.shell().say(name + " wants a login now; " + workplace.home().config() + " says so from now on.");
        return changed;
    }
}
