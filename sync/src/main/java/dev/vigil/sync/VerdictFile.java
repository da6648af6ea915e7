// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.auth.VaultException;
import dev.vigil.vault.Fields;
import dev.vigil.vault.SafeFiles;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * What was found out about the bucket in use: the file {@code bucket.json}, and the same, sealed, in the bucket:
 *
 * <pre>
 * version  1
 * place    which bucket, as the config names it; a verdict about another one counts for nothing
 * verdict  {@link ProbeVerdict}
 * </pre>
 */
public record VerdictFile(Path file, SafeFiles files) {
    private static final int VERSION = 1;
    private static final int LIMIT = 64 * 1024;

    /** The verdict about this bucket; empty when there is none that can be read. */
    public Optional<ProbeVerdict> about(String place) {
        return files.read(file, LIMIT).flatMap(content -> read(content, place));
    }

    /** @throws VaultException when the disk refuses */
    public void write(String place, ProbeVerdict verdict) {
        files.replace(file, json(place, verdict));
    }

    /** In the bucket, sealed, it spares other machines the probe, and the rights that it wants. */
    static byte[] json(String place, ProbeVerdict verdict) {
        ObjectNode node = Fields.empty().put("version", VERSION).put("place", place);
        node.set("verdict", Fields.parse(verdict.toJson()).node());
        return Fields.bytes(node);
    }

    /** Also of a bucket that was copied to another store, whose verdict says nothing of that store. */
    static Optional<ProbeVerdict> read(byte[] json, String place) {
        try {
            return Optional.of(Fields.parse(json))
                    .filter(fields -> fields.number("version") == VERSION
                            && fields.text("place").equals(place))
                    .map(fields -> ProbeVerdict.fromJson(
                            Fields.bytes(fields.object("verdict").node())));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
