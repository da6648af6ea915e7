// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import dev.vigil.auth.VaultException;
import dev.vigil.auth.VaultException.Kind;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * Clients' sessions, as files: {@code sessions/CONNECTOR.sealed} ({@link Envelope}). What is in them is for their owner to
 * say, but for {@code version}. Clients can begin new ones, so a file that cannot be opened is removed. Any thread but
 * {@code proxy-io}.
 */
public final class FileSessions {
    private final SealedFolder<ObjectNode> sealed;

    FileSessions(SealedFolder<ObjectNode> sealed) {
        this.sealed = sealed;
    }

    /** Connectors that have some. */
    public List<String> connectors() {
        return sealed.names();
    }

    /**
     * Empty when there are none, or none that can be opened.
     *
     * @throws VaultException KEY or IO: they may be readable later
     */
    public Optional<ObjectNode> load(String connector) {
        try {
            return sealed.load(connector);
        } catch (VaultException e) {
            if (e.kind() == Kind.KEY || e.kind() == Kind.IO || e.kind() == Kind.BUSY) {
                throw e;
            }
            delete(connector);
            return Optional.empty();
        }
    }

    /** In place of those before. @throws VaultException IO or KEY */
    public void save(String connector, ObjectNode sessions) {
        sealed.save(connector, sessions);
    }

    public void delete(String connector) {
        sealed.delete(connector);
    }
}
