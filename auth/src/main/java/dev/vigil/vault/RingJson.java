// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import dev.vigil.vault.Ring.Revision;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A key ring, wrapped, as it lies in a file or in a bucket. JSON:
 *
 * <pre>
 * version         1
 * vault           random UUID, made with the first key; associated data of all that is sealed
 * revision        counts changes; absent for 0
 * shutOut         the revision of the last change that shut somebody out; absent for 0
 * keys            [{id, created}], when each key was made
 * wrappedBy       "file" (keys/kek), "given" (by the config) or "passphrase"
 * kdf             {name, iterations, salt}, for a passphrase; each ring has a salt of its own
 * check           tells a wrong key-encryption key from a damaged ring
 * fingerprintKey  base64, XChaCha20-Poly1305 under the key-encryption key, bound to "vigil fingerprint key|1|VAULT"
 * keyset          Tink's encrypted keyset, bound to "vigil key ring|1|VAULT", from revision 1 on to
 *                 "vigil key ring|1|VAULT|REVISION|SHUTOUT|ID CREATED|ID CREATED..."
 * also            {wrappedBy, kdf, check, fingerprintKey, keyset}: the same, wrapped by a second key-encryption key while
 *                 the one takes the place of the other; else absent
 * </pre>
 *
 * Unknown fields are kept. So nobody without the key-encryption key can pass an old ring for a newer one.
 */
final class RingJson {
    /** What the content of a ring turned out to be. */
    sealed interface Reading {
        /**
         * @param by the key that opened it, as the ring describes it
         * @param isDouble is it wrapped by a second key too?
         */
        record Open(Ring ring, Wrapping by, boolean isDouble) implements Reading {}

        /** @param wrappedBy as the ring says */
        record OtherKey(String wrappedBy) implements Reading {}

        /** The key is right, and the ring was changed after it was written. */
        record Changed() implements Reading {}
    }

    private RingJson() {}

    /**
     * Opens a ring with the first source that has its key.
     *
     * @throws IllegalArgumentException when it is none
     */
    static Reading open(Fields fields, List<KekSource> sources) {
        String wrappedBy = fields.text("wrappedBy");
        Optional<Fields> also = fields.maybeObject("also", inner -> inner);
        for (KekSource source : sources) {
            Optional<Reading> read = opened(fields, fields, source, also.isPresent())
                    .or(() -> also.flatMap(inner -> opened(fields, inner, source, true)));
            if (read.isPresent()) {
                return read.get();
            }
        }
        return new Reading.OtherKey(wrappedBy);
    }

    static ObjectNode wrapped(Ring ring, Wrapping by, Optional<Wrapping> also) {
        ObjectNode node = Fields.empty();
        node.put("version", JsonFile.VERSION);
        node.put("vault", ring.vault().toString());
        node.put("revision", ring.revision().number());
        node.put("shutOut", ring.revision().shutOut());
        ArrayNode keys = node.putArray("keys");
        ring.keyIds()
                .forEach(id -> keys.addObject()
                        .put("id", id)
                        .put("created", ring.createdAt(id).toString()));
        into(node, ring, by);
        if (also.isPresent()) {
            into(node.putObject("also"), ring, also.get());
        } else {
            node.putNull("also");
        }
        return node;
    }

    /** Without opening anything: what the ring says its keys are. Nobody vouches for it. */
    static List<Listed> listed(Fields fields) {
        return fields.objects("keys").stream()
                .map(key -> new Listed(key.number("id"), key.instant("created")))
                .toList();
    }

    record Listed(long id, Instant created) {}

    private static Optional<Reading> opened(Fields ring, Fields wrapped, KekSource source, boolean isDouble) {
        String check = wrapped.text("check");
        return source.find(wrapped.maybeObject("kdf", Kdf::read))
                .filter(by -> isSame(by.key().check(), check))
                .map(by -> opened(ring, wrapped, by, isDouble));
    }

    private static Reading opened(Fields fields, Fields wrapped, Wrapping by, boolean isDouble) {
        Aead aead = by.key().aead();
        UUID vault = UUID.fromString(fields.text("vault"));
        Revision revision = new Revision(number(fields, "revision"), number(fields, "shutOut"));
        List<Listed> keys = listed(fields);
        try {
            KeysetHandle keyset = TinkJsonProtoKeysetFormat.parseEncryptedKeyset(
                    wrapped.object("keyset").node().toString(), aead, bound(vault, revision, keys), Ring.TINK);
            byte[] fingerprintKey =
                    aead.decrypt(Base64.getDecoder().decode(wrapped.text("fingerprintKey")), bound(vault));
            Ring ring = new Ring(
                    vault,
                    keyset,
                    fingerprintKey,
                    keys.stream().collect(Collectors.toMap(Listed::id, Listed::created, (one, other) -> one)),
                    revision);
            return new Reading.Open(ring, by, isDouble);
        } catch (GeneralSecurityException e) {
            return new Reading.Changed();
        }
    }

    /** All fields of a wrapping, with null for the absent ones: a field of an older one may not shine through. */
    private static void into(ObjectNode node, Ring ring, Wrapping by) {
        Aead aead = by.key().aead();
        List<Listed> keys = ring.keyIds().stream()
                .map(id -> new Listed(id, ring.createdAt(id)))
                .toList();
        node.put("wrappedBy", by.word());
        node.putNull("kdf");
        by.kdf().ifPresent(kdf -> kdf.into(node.putObject("kdf")));
        node.put("check", by.key().check());
        try {
            byte[] sealed = aead.encrypt(ring.fingerprintKey(), bound(ring.vault()));
            node.put("fingerprintKey", Base64.getEncoder().encodeToString(sealed));
            String keyset = TinkJsonProtoKeysetFormat.serializeEncryptedKeyset(
                    ring.keyset(), aead, bound(ring.vault(), ring.revision(), keys), Ring.TINK);
            node.set(
                    "keyset",
                    Fields.parse(keyset.getBytes(StandardCharsets.UTF_8)).node());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the key ring cannot be wrapped", e);
        }
    }

    private static long number(Fields fields, String field) {
        return fields.node().hasNonNull(field) ? fields.number(field) : 0;
    }

    private static boolean isSame(String check, String other) {
        return MessageDigest.isEqual(check.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] bound(UUID vault) {
        return ("vigil fingerprint key|" + JsonFile.VERSION + "|" + vault).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] bound(UUID vault, Revision revision, List<Listed> keys) {
        String text = "vigil key ring|" + JsonFile.VERSION + "|" + vault;
        if (revision.number() > 0) {
            text += "|" + revision.number() + "|" + revision.shutOut();
            text += keys.stream()
                    .map(key -> "|" + key.id() + " " + key.created())
                    .collect(Collectors.joining());
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
