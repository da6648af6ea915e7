// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import dev.vigil.auth.VaultException;
import dev.vigil.auth.VaultException.Kind;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/**
 * What servers showed us, as files: {@code snapshots/CONNECTOR_REVISION_ACCOUNT.sealed} ({@link Envelope}). What is in them is
 * for their owner to say, but for {@code version}. All of it can be had again, so nothing here is ever in the way: a file that
 * cannot be opened is removed. Any thread but {@code proxy-io}.
 */
public final class FileSnapshots {
    private static final Pattern NAME = Pattern.compile(
            "(?<connector>[a-z0-9][a-z0-9_-]{0,62})_(?<revision>[0-9]{4}-[0-9]{2}-[0-9]{2})_(?<account>[0-9a-f]{32})");

    private final SealedFolder<ObjectNode> sealed;

    FileSnapshots(SealedFolder<ObjectNode> sealed) {
        this.sealed = sealed;
    }

    /**
     * Which snapshot.
     *
     * @param revision of the protocol, a date
     * @param account 32 hexadecimal digits
     */
    public record Key(String connector, String revision, String account) {
        public Key {
            String name = connector + "_" + revision + "_" + account;
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("'" + name + "' is not the name of a snapshot");
            }
        }

        private static Optional<Key> of(String name) {
            Matcher found = NAME.matcher(name);
            return found.matches()
                    ? Optional.of(new Key(found.group("connector"), found.group("revision"), found.group("account")))
                    : Optional.empty();
        }

        private String name() {
            return connector + "_" + revision + "_" + account;
        }
    }

    /** All that are stored, readable or not. */
    public List<Key> keys() {
        return sealed.names().stream().map(Key::of).flatMap(Optional::stream).toList();
    }

    /**
     * Empty when there is none, or none that can be opened.
     *
     * @throws VaultException KEY or IO: it may be readable later
     */
    public Optional<ObjectNode> load(Key key) {
        try {
            return sealed.load(key.name());
        } catch (VaultException e) {
            if (e.kind() == Kind.KEY || e.kind() == Kind.IO || e.kind() == Kind.BUSY) {
                throw e;
            }
            delete(key);
            return Optional.empty();
        }
    }

    /** In place of the one before. @throws VaultException IO or KEY */
    public void save(Key key, ObjectNode snapshot) {
        sealed.save(key.name(), snapshot);
    }

    public void delete(Key key) {
        sealed.delete(key.name());
    }

    /** Removes all of a connector. */
    public void forget(String connector) {
        keys().stream().filter(key -> key.connector().equals(connector)).forEach(this::delete);
    }
}
