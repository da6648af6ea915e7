// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import dev.vigil.auth.Heartbeats;
import dev.vigil.auth.VaultException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * Heartbeats as files {@code beats/NAME}, JSON in the clear:
 *
 * <pre>
 * version  1
 * at       when the main loop last completed a cycle of this connector, ISO 8601 in UTC
 * pid      the process that did
 * </pre>
 *
 * Replaced as a whole but without fsync: what a power cut loses is written again within half a minute.
 */
public final class FileBeats implements Heartbeats {
    private final Path folder;
    private final SafeFiles files;

    FileBeats(Path folder, SafeFiles files) {
        this.folder = folder;
        this.files = files;
    }

    @Override
    public void completed(String connector, Instant at) {
        ObjectNode node = Fields.empty();
        node.put("version", JsonFile.VERSION);
        node.put("at", at.toString());
        node.put("pid", ProcessHandle.current().pid());
        try {
            files.replaceLoosely(file(connector).path(), Fields.bytes(node));
        } catch (VaultException e) {
            // A disk that is full must not stop the loop; if it stays full, the fallback says so.
        }
    }

    @Override
    public Optional<Instant> last(String connector) {
        try {
            return file(connector).read(fields -> fields.instant("at"));
        } catch (VaultException e) {
            return Optional.empty();
        }
    }

    private JsonFile file(String connector) {
        return new JsonFile(files, folder.resolve(FileVault.checked(connector)), "Remove it");
    }
}
