// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.vault.KeyRing;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

@Command(
        name = "keys",
        description = "Looks after the keys that seal everything on disk. A running daemon need not be stopped.",
        footer = {
            "",
            "Examples:",
            "  vigil keys list          the keys of the ring, and how many files need each",
            "  vigil keys rotate        a new key; every file is sealed again, old keys stay readable",
            "  vigil keys retire        removes the old keys for good"
        })
final class KeysCommand implements Runnable {
    private static final JsonMapper JSON = new JsonMapper();

    private final Workplace workplace;
    private final Shell shell;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    KeysCommand(Workplace workplace) {
        this.workplace = workplace;
        this.shell = workplace.shell();
    }

    /** Without a verb. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "keys wants one of: list, rotate, retire.");
    }

    @Command(name = "list", description = "Lists the keys of the ring, oldest first.")
    int list(@Option(names = "--json", description = "For programs.") boolean json) {
        List<KeyRing.Key> keys = ring().keys();
        if (json) {
            ArrayNode all = JSON.createArrayNode();
            keys.forEach(key -> all.addObject()
                    .put("id", key.id())
                    .put("primary", key.primary())
                    .put("created", key.created().toString())
                    .put("files", key.files()));
            shell.say(JSON.writeValueAsString(all));
            return 0;
        }
        if (keys.isEmpty()) {
            shell.say("No key yet: one is made when something is first sealed.");
        }
        keys.forEach(key -> shell.say(key.id() + "  " + (key.primary() ? "primary" : "old    ") + "  created "
                + key.created() + "  needed by " + StatusText.counted(key.files(), "file")));
        return 0;
    }

    @Command(
            name = "rotate",
            description = "Makes a new primary key and seals every file again; old keys stay readable.")
    int rotate() {
        KeyRing.Rotation rotation = ring().rotate();
        shell.say("New primary key " + rotation.primary() + ". Sealed again: "
                + StatusText.counted(rotation.sealedAnew(), "file") + ".");
        rotation.left().forEach(message -> shell.note("Still under an old key: " + message));
        shell.say("Old keys stay readable. To remove them: vigil keys retire");
        return rotation.left().isEmpty() ? 0 : Failure.Code.STORAGE.number();
    }

    @Command(name = "retire", description = "Removes the old keys for good, once nothing needs them.")
    int retire() {
        KeyRing.Retirement retirement = ring().retire();
        shell.say(
                retirement.removed().isEmpty()
                        ? "There was no old key."
                        : "Removed old keys: " + retirement.removed() + ". Files sealed again first: "
                                + retirement.sealedAnew() + ".");
        return 0;
    }

    private KeyRing ring() {
        return workplace.vaults().keyRing();
    }
}
