// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.auth.VaultException;
import dev.vigil.vault.Fields;
import dev.vigil.vault.SafeFiles;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * What was found out about the bucket in use: the file {@code bucket.json}:
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
        try {
            return files.read(file, LIMIT)
                    .map(Fields::parse)
                    .filter(fields -> fields.number("version") == VERSION
                            && fields.text("place").equals(place))
                    .map(fields -> ProbeVerdict.fromJson(
                            Fields.bytes(fields.object("verdict").node())));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** @throws VaultException when the disk refuses */
    public void write(String place, ProbeVerdict verdict) {
        ObjectNode node = Fields.empty().put("version", VERSION).put("place", place);
        node.set("verdict", Fields.parse(verdict.toJson()).node());
        files.replace(file, Fields.bytes(node));
    }
}
