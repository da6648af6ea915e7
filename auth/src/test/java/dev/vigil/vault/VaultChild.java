// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import dev.vigil.auth.Grant;
import dev.vigil.auth.Grants;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What the other process does, until it is told to end. */
final class VaultChild {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private VaultChild() {}

    public static void main(String[] arguments) throws IOException {
        Path path = Path.of(arguments[1]);
        switch (arguments[0]) {
            case "hold" -> hold(FileGate.exclusive(path, PATIENCE));
            case "share" -> hold(FileGate.shared(path, PATIENCE));
            case "save" -> saveOn(open(path));
            case "rotate" -> rotateOn(open(path));
            case "use" -> use(open(path));
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static Vault open(Path home) {
        return Vault.open(Home.below(home), Optional.empty());
    }

    private static void hold(FileGate gate) throws IOException {
        try (gate) {
            System.out.println("held");
            System.in.readAllBytes();
        }
    }

    /** Saves one generation after the other and tells each. */
    private static void saveOn(Vault vault) throws IOException {
        Grant grant = Grants.lasting(Duration.ofHours(1), Instant.EPOCH);
        while (System.in.available() == 0) {
            grant = Grants.renewed(grant, Instant.EPOCH);
            vault.grants().save(grant);
            System.out.println(grant.tokens().generation());
        }
    }

    private static void rotateOn(Vault vault) {
        while (true) {
            System.out.println(vault.keyRing().rotate().primary());
        }
    }

    /** Writes every file that there is, and stays until it is told to end. */
    private static void use(Vault vault) throws IOException {
        Grant grant = Grants.lasting(Duration.ofHours(1), Instant.EPOCH);
        try (var claim = vault.grants().claim(grant.connector(), PATIENCE)) {
            vault.grants().save(grant);
            vault.grants().writeIntent(grant);
        }
        vault.clients().save(grant.oauth().orElseThrow().client());
        vault.localKeys().mint("claude");
        System.out.println(vault.ownerKey().secret());
        System.in.readAllBytes();
    }
}
