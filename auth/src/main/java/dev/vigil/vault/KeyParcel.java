// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import dev.vigil.auth.Secret;
import dev.vigil.auth.VaultException;
import dev.vigil.auth.VaultException.Kind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import tools.jackson.databind.node.ObjectNode;

/**
 * A key-encryption key on its way to another machine, sealed by a passphrase. JSON:
 *
 * <pre>
 * version  1
 * holds    "vigil key-encryption key"
 * made     when
 * kdf      {name, iterations, salt}: how the passphrase becomes a key
 * check    tells a wrong passphrase from a damaged file
 * sealed   base64, XChaCha20-Poly1305 under that key, bound to "vigil key export|1"
 * </pre>
 */
final class KeyParcel {
    private static final String HOLDS = "vigil key-encryption key";
    private static final byte[] BOUND = ("vigil key export|" + JsonFile.VERSION).getBytes(StandardCharsets.UTF_8);

    private KeyParcel() {}

    /** @throws IllegalArgumentException for a passphrase that is too short */
    static byte[] sealed(KeyEncryptionKey key, Secret passphrase, Instant now) {
        if (!KekSource.isLong(passphrase)) {
            throw new IllegalArgumentException("the passphrase has less than " + KekSource.SHORTEST_PASSPHRASE
                    + " characters. Whoever finds the file can try many in a second: take a longer one");
        }
        Kdf kdf = Kdf.fresh();
        KeyEncryptionKey by = kdf.derive(passphrase);
        ObjectNode node = Fields.empty().put("version", JsonFile.VERSION);
        node.put("holds", HOLDS).put("made", now.toString());
        kdf.into(node.putObject("kdf"));
        node.put("check", by.check());
        try {
            node.put("sealed", Base64.getEncoder().encodeToString(by.aead().encrypt(key.bytes(), BOUND)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("sealing failed", e);
        }
        return Fields.bytes(node);
    }

    /**
     * @param from for messages
     * @throws VaultException KEY for a wrong passphrase, UNREADABLE, TOO_NEW
     */
    static KeyEncryptionKey opened(byte[] content, Secret passphrase, Path from) {
        try {
            Fields fields = Fields.parse(content);
            JsonFile.checkVersion(fields.number("version"), from);
            if (!fields.text("holds").equals(HOLDS)) {
                throw new IllegalArgumentException("it holds something else than a key-encryption key");
            }
            KeyEncryptionKey by = Kdf.read(fields.object("kdf")).derive(passphrase);
            if (!by.check().equals(fields.text("check"))) {
                throw new VaultException(
                        Kind.KEY, from, from + " does not open: the passphrase is wrong, or the file was damaged");
            }
            return KeyEncryptionKey.of(by.aead().decrypt(Base64.getDecoder().decode(fields.text("sealed")), BOUND));
        } catch (IllegalArgumentException e) {
            throw damaged(from, String.valueOf(e.getMessage()));
        } catch (GeneralSecurityException e) {
            throw damaged(from, "it was changed after it was written");
        }
    }

    private static VaultException damaged(Path from, String what) {
        return new VaultException(
                Kind.UNREADABLE, from, from + " is no export of Vigil, or damaged: " + what + ". Export it once more");
    }
}
