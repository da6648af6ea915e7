// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.GrantKind;
import dev.vigil.oauth.ServerProbe.Finding;
import dev.vigil.oauth.ServerProbe.Finding.NotMcp;
import dev.vigil.oauth.ServerProbe.Finding.Open;
import dev.vigil.oauth.ServerProbe.Finding.Unreachable;
import dev.vigil.oauth.ServerProbe.Finding.WantsKey;
import dev.vigil.oauth.ServerProbe.Finding.WantsOAuth;
import java.net.URI;

/** Asks a server that is to be added what it wants, and says so. */
record ServerTalk(Workplace workplace, String name) {

    /** What it wants. @throws Failure where it cannot be added so */
    GrantKind asked(URI server) {
        workplace.shell().note("Asking " + server + " how it wants to be authorized ...");
        Finding finding = workplace.probe(server);
        if (finding instanceof WantsOAuth wants) {
            workplace
                    .shell()
                    .say("It wants a login"
                            + wants.issuer().map(issuer -> " at " + issuer).orElse("") + ".");
            wants.note().ifPresent(note -> workplace.shell().note("Note: " + note));
            return GrantKind.OAUTH;
        }
        if (finding instanceof Open open) {
            workplace
                    .shell()
                    .say("It is open to everybody"
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
}
