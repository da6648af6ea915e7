// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import dev.vigil.auth.Grant;
import dev.vigil.auth.RegisteredClient;
import dev.vigil.auth.VaultException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/**
 * Values of one kind to sealed bytes and back: JSON ({@link TokenJson}) in an {@link Envelope}. Fields that this Vigil does
 * not know survive a save. Holds no state; any thread.
 */
final class TokenSealer<T> {
    static final TokenSealer<Grant> GRANTS = new TokenSealer<>(
            "grant",
            TokenJson::write,
            TokenJson::grant,
            // What a newer Vigil noted about one login says nothing about the next.
            (before, now) -> before.epoch() == now.epoch(),
            name -> "Restore it from a backup; without one, move it away and run: vigil login " + name);

    static final TokenSealer<RegisteredClient> CLIENTS = new TokenSealer<>(
            "client",
            TokenJson::write,
            TokenJson::client,
            (before, now) -> before.clientId().equals(now.clientId()),
            name -> "Restore it from a backup; without one, move it away and log in again: Vigil then registers anew");

    /** JSON that somebody else reads and writes; nothing of one snapshot goes on in the next. */
    static final TokenSealer<ObjectNode> SNAPSHOTS = new TokenSealer<>(
            "snapshot", node -> node, Fields::node, (before, now) -> false, name -> "Vigil takes another");

    /** As above, of clients. */
    static final TokenSealer<ObjectNode> SESSIONS = new TokenSealer<>(
            "sessions", node -> node, Fields::node, (before, now) -> false, name -> "Clients begin new ones");

    private final String kind;
    private final Function<T, ObjectNode> write;
    private final Function<Fields, T> read;
    private final BiPredicate<T, T> isSame;
    private final Function<String, String> remedy;

    private TokenSealer(
            String kind,
            Function<T, ObjectNode> write,
            Function<Fields, T> read,
            BiPredicate<T, T> isSame,
            Function<String, String> remedy) {
        this.kind = kind;
        this.write = write;
        this.read = read;
        this.isSame = isSame;
        this.remedy = remedy;
    }

    /** Seals a value that had no predecessor. */
    byte[] seal(Ring ring, String name, T value) {
        return sealed(ring, name, write.apply(value));
    }

    /**
     * Seals a value over its predecessor, whose unknown fields go on.
     *
     * @param file where the predecessor was found, for messages
     * @throws VaultException UNREADABLE or TOO_NEW when the predecessor cannot be opened
     */
    byte[] sealOver(Ring ring, String name, T value, byte[] predecessor, Path file) {
        ObjectNode fresh = write.apply(value);
        return opened(ring, name, predecessor, file, before -> {
            boolean same = isSame.test(read.apply(before), value);
            return sealed(ring, name, same ? Fields.withUnknown(fresh, before.node()) : fresh);
        });
    }

    /** @throws VaultException UNREADABLE or TOO_NEW */
    T unseal(Ring ring, String name, byte[] sealed, Path file) {
        return opened(ring, name, sealed, file, read);
    }

    /** The same content under the primary key; empty when it is that already. @throws VaultException as {@link #unseal} */
    Optional<byte[]> resealed(Ring ring, String name, byte[] sealed, Path file) {
        Envelope envelope = parse(sealed, name, file);
        if (envelope.keyId() == ring.primary()) {
            return Optional.empty();
        }
        byte[] content = envelope.open(ring, kind, name, file, remedy.apply(name));
        return Optional.of(Envelope.around(content, ring, kind, name).bytes());
    }

    /** The key that a file needs, told without opening it. @throws VaultException UNREADABLE or TOO_NEW */
    long keyId(byte[] sealed, String name, Path file) {
        return parse(sealed, name, file).keyId();
    }

    private byte[] sealed(Ring ring, String name, ObjectNode content) {
        return Envelope.around(Fields.bytes(content), ring, kind, name).bytes();
    }

    private <R> R opened(Ring ring, String name, byte[] sealed, Path file, Function<Fields, R> form) {
        byte[] content = parse(sealed, name, file).open(ring, kind, name, file, remedy.apply(name));
        try {
            Fields fields = Fields.parse(content);
            JsonFile.checkVersion(fields.number("version"), file);
            return form.apply(fields);
        } catch (IllegalArgumentException e) {
            throw Envelope.unreadable(
                    file, "opens, but its content is not a " + kind + ": " + e.getMessage(), remedy.apply(name));
        }
    }

    private Envelope parse(byte[] sealed, String name, Path file) {
        return Envelope.parse(sealed, file, remedy.apply(name));
    }
}
