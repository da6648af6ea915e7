// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.auth.VaultException;
import dev.vigil.vault.Fields;
import dev.vigil.vault.Randomness;
import dev.vigil.vault.SafeFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/**
 * Who this machine is among those that share a bucket: the file {@code machine}, JSON:
 *
 * <pre>
 * version  1
 * id       32 random hexadecimal digits
 * name     for people: what it was called when the file was made
 * host     16 hexadecimal digits from what differs between machines and stays the same on one
 * </pre>
 *
 * A home that was copied to another machine, or restored there, must not go on as the machine it came from: where
 * {@code host} no longer fits, the machine is a new one.
 */
public record MachineFile(Path file, SafeFiles files) {
    private static final int VERSION = 1;
    private static final int LIMIT = 4096;

    /**
     * Reads the file, or makes it.
     *
     * @param host stays the same on one machine; not stored as it is
     * @throws VaultException when the disk refuses
     */
    public Machine self(String name, String host) {
        String mark = mark(host);
        Optional<ObjectNode> found = known();
        return found.filter(node -> node.path("host").asString("").equals(mark))
                .map(node -> new Machine(new Fields(node).text("id"), name))
                .orElseGet(() -> made(name, mark));
    }

    private Optional<ObjectNode> known() {
        try {
            return files.read(file, LIMIT)
                    .map(Fields::parse)
                    .filter(fields -> fields.number("version") == VERSION)
                    .map(Fields::node);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private Machine made(String name, String mark) {
        Machine machine = new Machine(HexFormat.of().formatHex(Randomness.bytes(16)), name);
        ObjectNode node = machine.into(Fields.empty().put("version", VERSION)).put("host", mark);
        files.replace(file, Fields.bytes(node));
        return machine;
    }

    private static String mark(String host) {
        UUID hashed = UUID.nameUUIDFromBytes(("vigil machine|" + host).getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().toHexDigits(hashed.getMostSignificantBits());
    }
}
