// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import dev.vigil.auth.VaultException;
import dev.vigil.auth.VaultException.Kind;
import dev.vigil.vault.RingJson.Reading;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/** A key ring in a file, as {@link RingJson} describes it: {@code keys/ring.json}, {@code keys/shared-ring.json}. */
final class RingFile {
    private final JsonFile file;
    private final List<KekSource> sources;

    /** @param sources what may open it; the first one wraps a ring that is made here */
    RingFile(Path path, List<KekSource> sources, SafeFiles files) {
        this.file = new JsonFile(files, path, "Restore it from a backup; the key-encryption key is not the trouble");
        this.sources = List.copyOf(sources);
    }

    Path path() {
        return file.path();
    }

    /** As it lies on the disk; empty when there is none. */
    Optional<byte[]> bytes() {
        return file.bytes();
    }

    /** @throws VaultException KEY for a wrong or missing key-encryption key, UNREADABLE for a damaged ring, TOO_NEW */
    Reading.Open open(byte[] content) {
        return file.parse(content, fields -> {
            Reading reading = RingJson.open(fields, sources);
            if (reading instanceof Reading.Open open) return open;
            if (reading instanceof Reading.Changed) throw file.damaged("it was changed after it was written");
            if (reading instanceof Reading.OtherKey other) throw wrongKey(other.wrappedBy());
            throw new AssertionError(reading);
        });
    }

    /** Does this content say that it is a ring of that vault with that key? Opens nothing, and believes it. */
    boolean isListed(byte[] content, UUID vault, long keyId) {
        return file.parse(
                content,
                fields -> fields.text("vault").equals(vault.toString())
                        && RingJson.listed(fields).stream().anyMatch(key -> key.id() == keyId));
    }

    /**
     * Writes a ring over the one that stands, or as the first; the key-encryption key is made with the first.
     *
     * @throws VaultException BUSY when the ring that stands is getting another key-encryption key
     */
    void write(Ring ring) {
        Optional<Reading.Open> standing = file.bytes().map(this::open);
        if (standing.filter(Reading.Open::isDouble).isPresent()) {
            throw unfinished();
        }
        wrap(ring, standing.map(Reading.Open::by).orElseGet(() -> sources.get(0).forNew()), Optional.empty());
    }

    /** Writes a ring, wrapped by one key or by two. */
    void wrap(Ring ring, Wrapping by, Optional<Wrapping> also) {
        ObjectNode fresh = RingJson.wrapped(ring, by, also);
        file.write(file.read(before -> Fields.withUnknown(fresh, before.node())).orElse(fresh));
    }

    VaultException unfinished() {
        return new VaultException(
                Kind.BUSY,
                path(),
                path() + " is getting another key-encryption key, and that was not finished."
                        + " Wait for it, or run once more: vigil keys rewrap");
    }

    private VaultException wrongKey(String wrappedBy) {
        KekSource source = sources.get(0);
        if (wrappedBy.equals("file") && source.isMissing()) {
            return source.missing();
        }
        if (wrappedBy.equals(source.word())) {
            return key("does not open: " + source.isAnother());
        }
        return key(
                switch (wrappedBy) {
                    case "given" ->
                        "is wrapped by a key-encryption key of your own, and the config names none."
                                + " Name it again, under keys.keyEncryptionKey";
                    case "passphrase" ->
                        "is wrapped by a passphrase, and the config names none."
                                + " Name it again, under keys.passphrase";
                    default ->
                        "is wrapped by the file keys/kek, but the config names another key-encryption key."
                                + " Remove that setting";
                });
    }

    private VaultException key(String what) {
        return new VaultException(Kind.KEY, path(), path() + " " + what);
    }
}
