// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "keys",
        description =
                "Looks after the keys that seal everything, on disk and in the bucket. A running daemon need not be stopped.",
        footer = {
            "",
            "Examples:",
            "  vigil keys list          the keys of the ring, and how many files need each",
            "  vigil keys rotate        a new key; every file is sealed again, old keys stay readable",
            "  vigil keys retire        removes the old keys for good",
            "  vigil keys export FILE   the key-encryption key for another machine, sealed by a passphrase",
            "  vigil keys import FILE   there",
            "  vigil keys rewrap --to new-file    another key-encryption key: a machine was lost",
            "",
            "More: docs/keys.md"
        })
final class KeysCommand implements Runnable {
    private final Workplace workplace;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    KeysCommand(Workplace workplace) {
        this.workplace = workplace;
    }

    /** Without a verb. */
    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "keys wants one of: list, rotate, retire, rewrap, export, import.");
    }

    @Command(name = "list", description = "Lists the keys of the rings, oldest first.")
    int list(@Option(names = "--json", description = "For programs.") boolean json) {
        return new KeyRings(workplace).list(json);
    }

    @Command(
            name = "rotate",
            description = {
                "Makes a new primary key and seals every file again; old keys stay readable.",
                "Where a bucket is configured, there too: the other machines follow by themselves."
            })
    int rotate() {
        return new KeyRings(workplace).rotate();
    }

    @Command(
            name = "retire",
            description = "Removes the old keys for good, once nothing needs them, also in the bucket.")
    int retire() {
        return new KeyRings(workplace).retire();
    }

    @Command(
            name = "rewrap",
            description = {
                "Changes the key-encryption key, so that who has the old one is shut out of the bucket.",
                "Stopped on the way it is simply run again. On the other machines run it with the same key.",
                "Tokens that a lost machine already holds end with: vigil logout NAME, vigil login NAME."
            })
    int rewrap(
            @Option(
                            names = "--to",
                            required = true,
                            paramLabel = "WHERE",
                            description =
                                    "Where the new key is: env:NAME or file:PATH (32 bytes in base64 or hexadecimal),"
                                            + " passphrase-env:NAME or passphrase-file:PATH (12 characters or more), or new-file:"
                                            + " Vigil makes one. Written to the config.")
                    String to) {
        return new KeyRewrap(workplace).run(to);
    }

    @Command(
            name = "export",
            description = {
                "Writes the key-encryption key to a file, sealed by a passphrase, for another machine.",
                "The passphrase is typed twice, or is the first line of standard input."
            })
    int export(@Parameters(paramLabel = "FILE", description = "Must not be there yet.") String file) {
        return new KeyHandover(workplace).export(file);
    }

    @Command(
            name = "import",
            description = {
                "Takes over the key-encryption key of another machine.",
                "What is sealed here already is kept, and opens with that key afterwards."
            })
    int take(@Parameters(paramLabel = "FILE", description = "Written by: vigil keys export FILE") String file) {
        return new KeyHandover(workplace).read(file);
    }
}
