// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import dev.vigil.auth.PersonLogin;
import dev.vigil.auth.VaultException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/**
 * Logins by a person, a line each, in {@code events/logins.jsonl} ({@link Journal}):
 *
 * <pre>
 * v          1
 * time       when the login was saved
 * connector  whose
 * reason     what stood before it, see {@link PersonLogin}
 * avoidable  true or false
 * </pre>
 */
public final class FileLogins implements Consumer<PersonLogin> {
    private final Journal journal;

    FileLogins(Journal journal) {
        this.journal = journal;
    }

    /** Writes one down. A count that cannot be kept must not cost the login, so this never throws. */
    @Override
    public void accept(PersonLogin login) {
        ObjectNode line = Journal.line(login.at().toString());
        line.put("connector", login.connector());
        line.put("reason", login.reason());
        line.put("avoidable", login.avoidable());
        try {
            journal.append(line);
        } catch (VaultException e) {
            // The disk is full or broken, and whoever saves the next token says so.
        }
    }

    /** The logins that are still remembered, oldest first. @throws VaultException when the file cannot be read */
    public List<PersonLogin> all() {
        return journal.lines().stream()
                .flatMap(line -> login(new Fields(line)).stream())
                .toList();
    }

    private static Optional<PersonLogin> login(Fields fields) {
        try {
            return Optional.of(new PersonLogin(
                    fields.text("connector"),
                    fields.instant("time"),
                    fields.text("reason"),
                    fields.node().path("avoidable").asBoolean(false)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
