// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import dev.vigil.auth.IssuerBook;
import dev.vigil.auth.TimeSource;
import dev.vigil.auth.VaultException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import tools.jackson.databind.node.ObjectNode;

/**
 * What was learned about authorization servers, a file each: {@code issuers/HASH}, JSON in the clear, HASH being the
 * first 16 bytes of the SHA-256 of the issuer in hexadecimal.
 *
 * <pre>
 * version   1
 * issuer    whom it is about
 * strictAt  when it ended a grant because a refresh token was sent again, ISO 8601 in UTC
 * </pre>
 */
public final class FileIssuers implements IssuerBook {
    private static final int HASH_LENGTH = 16;

    private final Path folder;
    private final SafeFiles files;
    private final TimeSource time;

    FileIssuers(Path folder, SafeFiles files, TimeSource time) {
        this.folder = folder;
        this.files = files;
        this.time = time;
    }

    @Override
    public boolean isStrict(String issuer) {
        try {
            return file(issuer)
                    .read(fields -> fields.text("issuer").equals(issuer)
                            && fields.maybeInstant("strictAt").isPresent())
                    .orElse(false);
        } catch (VaultException e) {
            return true; // somebody had something to say about it, and being careful costs little
        }
    }

    @Override
    public void learnStrict(String issuer) {
        ObjectNode node = Fields.empty();
        node.put("version", JsonFile.VERSION);
        node.put("issuer", issuer);
        node.put("strictAt", time.now().wall().toString());
        try {
            file(issuer).write(node);
        } catch (VaultException e) {
            // It will teach us again.
        }
    }

    static String name(String issuer) {
        return HexFormat.of().formatHex(Arrays.copyOf(Fingerprint.sha256(issuer), HASH_LENGTH));
    }

    private JsonFile file(String issuer) {
        return new JsonFile(files, folder.resolve(name(issuer)), "Remove it");
    }
}
