// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

@Command(
        name = "version",
        description = "Tells which Vigil this is, and on which Java it runs.",
        footer = {"", "Example:", "  vigil version --json"})
final class VersionCommand implements Callable<Integer> {
    private static final JsonMapper JSON = new JsonMapper();

    private final Shell shell;

    @Option(names = "--json", description = "For programs.")
    private boolean json;

    VersionCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        if (json) {
            shell.say(JSON.writeValueAsString(
                    JSON.createObjectNode().put("vigil", Version.vigil()).put("java", Version.java())));
        } else {
            shell.say("vigil " + Version.vigil() + " (Java " + Version.java() + ")");
        }
        return 0;
    }
}
