// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "remove",
        description = {
            "Takes a connector out of the config and forgets its login or key.",
            "A login that is shared through a bucket goes on on the other machines: vigil logout first, to end it for all."
        },
        footer = {"", "Example:", "  vigil remove notion"})
final class RemoveCommand implements Callable<Integer> {
    private final Workplace workplace;

    @Parameters(paramLabel = "NAME", description = "The connector.")
    private String name = "";

    RemoveCommand(Workplace workplace) {
        this.workplace = workplace;
    }

    @Override
    public Integer call() {
        workplace.connector(name);
        workplace.editor().remove(name);
        workplace.tellDaemon();
        workplace.shell().say(name + ": removed from " + workplace.home().config() + ".");
        Logout logout = new Logout(workplace);
        workplace.shell().say(workplace.bucket().isPresent() ? logout.hereOnly(name) : logout.of(name));
        return 0;
    }
}
