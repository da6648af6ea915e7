// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "logout",
        description = {
            "Forgets the login or the key of a connector, and revokes it at the server where the server offers that.",
            "The connector stays in the config. Machines that share the login are logged out too."
        },
        footer = {"", "Example:", "  vigil logout notion"})
final class LogoutCommand implements Callable<Integer> {
    private final Workplace workplace;

    @Parameters(paramLabel = "NAME", description = "The connector.")
    private String name = "";

    LogoutCommand(Workplace workplace) {
        this.workplace = workplace;
    }

    @Override
    public Integer call() {
        if (!workplace.vault().connectors().contains(name)) {
            workplace.connector(name); // a grant may be left of one that the config does not name any more
        }
        workplace.shell().say(new Logout(workplace).of(name));
        workplace.tellOthers();
        return 0;
    }
}
