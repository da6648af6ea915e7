// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.auth.Grant;
import dev.vigil.auth.VaultException;
import dev.vigil.vault.Fields;
import dev.vigil.vault.SafeFiles;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * What this machine knows of its grants when the bucket does not answer: {@code shared/NAME}, JSON:
 *
 * <pre>
 * version  1
 * epoch    the login that this is about; of another one nothing is known
 * rotates  false only when the last refresh brought no other refresh token
 * </pre>
 *
 * There is a file for each login that has ever been written to the bucket, or might have been; it is on the disk before
 * that write. Any thread; for one connector only who has the machine's turn at it.
 */
public final class SharingBook {
    private static final int VERSION = 1;
    private static final int LIMIT = 4096;

    private final Path folder;
    private final SafeFiles files;

    public SharingBook(Path folder, SafeFiles files) {
        this.folder = folder;
        this.files = files;
    }

    /** May another machine hold this grant's refresh token, and would a refresh spend it? What cannot be read counts as yes. */
    boolean mustAgree(Grant grant) {
        try {
            return page(grant).filter(SharingBook::rotates).isPresent();
        } catch (VaultException | IllegalArgumentException e) {
            return true;
        }
    }

    /** About to be written to the bucket. @throws VaultException when the disk refuses */
    void shared(Grant grant) {
        if (page(grant).isEmpty()) {
            write(grant, true);
        }
    }

    /** A refresh has turned the one into the other. What cannot be written down stays as cautious as it was, or becomes so. */
    void refreshed(Grant before, Grant after) {
        boolean rotates = !before.tokens().refreshToken().equals(after.tokens().refreshToken());
        try {
            if (page(before).filter(page -> rotates(page) != rotates).isPresent()) {
                write(after, rotates);
            }
        } catch (VaultException | IllegalArgumentException e) {
            // Read again as it stands: mustAgree() says yes for what cannot be read.
        }
    }

    private Optional<Fields> page(Grant grant) {
        return files.read(file(grant), LIMIT).map(Fields::parse).filter(page -> page.number("epoch") == grant.epoch());
    }

    private static boolean rotates(Fields page) {
        return page.node().path("rotates").asBoolean(true);
    }

    private void write(Grant grant, boolean rotates) {
        ObjectNode node = Fields.empty().put("version", VERSION).put("epoch", grant.epoch());
        node.put("rotates", rotates);
        files.replace(file(grant), Fields.bytes(node));
    }

    private Path file(Grant grant) {
        return folder.resolve(grant.connector());
    }
}
