// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import dev.vigil.auth.VaultException;
import dev.vigil.auth.VaultException.Kind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code keys/ring.json}: the key ring, wrapped by the key-encryption key. JSON:
 *
 * <pre>
 * version         1
 * vault           random UUID, made with the first key; associated data of all that is sealed
 * wrappedBy       "file" (keys/kek) or "given" (by the caller)
 * check           tells a wrong key-encryption key from a damaged ring
 * fingerprintKey  base64, XChaCha20-Poly1305 under the key-encryption key, bound to "vigil fingerprint key|1|VAULT"
 * keys            [{id, created}], when each key was made
 * keyset          Tink's encrypted keyset, bound to "vigil key ring|1|VAULT"
 * </pre>
 *
 * Unknown fields are kept.
 */
final class RingFile {
    private final JsonFile file;
    private final KekSource keks;

    RingFile(Path path, KekSource keks, SafeFiles files) {
        this.file = new JsonFile(files, path, "Restore it from a backup; the key-encryption key is not the trouble");
        this.keks = keks;
    }

    Path path() {
        return file.path();
    }

    /** As it lies on the disk; empty when there is none. */
    Optional<byte[]> bytes() {
        return file.bytes();
    }

    /** @throws VaultException KEY for a wrong or missing key-encryption key, UNREADABLE for a damaged ring, TOO_NEW */
    Ring open(byte[] content) {
        return file.parse(content, this::opened);
    }

    /** Writes a ring over the one that stands, or as the first; the key-encryption key is made with the first. */
    void write(Ring ring) {
        KeyEncryptionKey kek = file.bytes().isPresent() ? keks.existing() : keks.orMinted();
        ObjectNode fresh = wrapped(ring, kek);
        file.write(file.read(before -> Fields.withUnknown(fresh, before.node())).orElse(fresh));
    }

    private Ring opened(Fields fields) {
        checkSource(fields.text("wrappedBy"));
        KeyEncryptionKey kek = keks.existing();
        Aead aead = kek.aead();
        UUID vault = UUID.fromString(fields.text("vault"));
        Map<Long, Instant> created = fields.objects("keys").stream()
                .collect(Collectors.toMap(key -> key.number("id"), key -> key.instant("created")));
        try {
            KeysetHandle keyset = TinkJsonProtoKeysetFormat.parseEncryptedKeyset(
                    fields.object("keyset").node().toString(), aead, bound("key ring", vault), Ring.TINK);
            byte[] fingerprintKey = aead.decrypt(
                    Base64.getDecoder().decode(fields.text("fingerprintKey")), bound("fingerprint key", vault));
            return new Ring(vault, keyset, fingerprintKey, created);
        } catch (GeneralSecurityException e) {
            throw isRight(kek, fields.text("check")) ? file.damaged("it was changed after it was written") : wrongKey();
        }
    }

    private ObjectNode wrapped(Ring ring, KeyEncryptionKey kek) {
        Aead aead = kek.aead();
        ObjectNode node = Fields.empty();
        node.put("version", JsonFile.VERSION);
        node.put("vault", ring.vault().toString());
        node.put("wrappedBy", keks.word());
        node.put("check", kek.check());
        try {
            byte[] sealed = aead.encrypt(ring.fingerprintKey(), bound("fingerprint key", ring.vault()));
            node.put("fingerprintKey", Base64.getEncoder().encodeToString(sealed));
            ArrayNode keys = node.putArray("keys");
            ring.keyIds()
                    .forEach(id -> keys.addObject()
                            .put("id", id)
                            .put("created", ring.createdAt(id).toString()));
            String keyset = TinkJsonProtoKeysetFormat.serializeEncryptedKeyset(
                    ring.keyset(), aead, bound("key ring", ring.vault()), Ring.TINK);
            node.set(
                    "keyset",
                    Fields.parse(keyset.getBytes(StandardCharsets.UTF_8)).node());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the key ring cannot be wrapped", e);
        }
        return node;
    }

    private void checkSource(String wrappedBy) {
        if (wrappedBy.equals(keks.word())) {
            return;
        }
        String why = wrappedBy.equals("given")
                ? "is wrapped by a key-encryption key of your own, and the config names none. Name it again"
                : "is wrapped by the file keys/kek, but the config names another key-encryption key. Remove that setting";
        throw new VaultException(Kind.KEY, path(), path() + " " + why);
    }

    private static boolean isRight(KeyEncryptionKey kek, String check) {
        return MessageDigest.isEqual(
                kek.check().getBytes(StandardCharsets.UTF_8), check.getBytes(StandardCharsets.UTF_8));
    }

    private VaultException wrongKey() {
        String help = keks.word().equals("file")
                ? "keys/kek belongs to another vault. Restore the one that was made with this ring"
                : "the configured key-encryption key is another one than it was wrapped by. Configure that one";
        return new VaultException(Kind.KEY, path(), path() + " does not open: " + help);
    }

    private static byte[] bound(String what, UUID vault) {
        return ("vigil " + what + "|" + JsonFile.VERSION + "|" + vault).getBytes(StandardCharsets.UTF_8);
    }
}
