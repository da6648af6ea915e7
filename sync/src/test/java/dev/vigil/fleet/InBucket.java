// SPDX-License-Identifier: Apache-2.0
package dev.vigil.fleet;

import dev.vigil.sync.MemoryStore;
import dev.vigil.sync.ObjectStore.Stored;
import dev.vigil.vault.SharedSeal;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What stands in the bucket, for who has the key: the judge, and tests that forge. */
final class InBucket {
    private static final JsonMapper JSON = new JsonMapper();

    private final MemoryStore bucket;
    private final SharedSeal seal;
    private final Map<String, String> hidden = new HashMap<>();

    InBucket(MemoryStore bucket, SharedSeal seal) {
        this.bucket = bucket;
        this.seal = seal;
    }

    /** Id of the machine whose turn it is. */
    Optional<String> holder(String connector) {
        return read("lease", connector).map(lease -> lease.path("holder")).flatMap(InBucket::id);
    }

    /** The login that stands there, or the logout. */
    Optional<Standing> standing(String connector) {
        return read("grant", connector)
                .map(state -> new Standing(
                        state.path("epoch").asLong(),
                        state.path("generation").asLong(),
                        Optional.of(state.path("grant")
                                        .path("tokens")
                                        .path("refreshToken")
                                        .asString(""))
                                .filter(one -> !one.isEmpty())));
    }

    /** @param refreshToken empty after a logout */
    record Standing(long epoch, long generation, Optional<String> refreshToken) {}

    /** The lease as it would be if no other machine had ever written an intent into it. */
    static byte[] withoutOthersIntent(SharedSeal seal, String key, byte[] content, String self) {
        String name = key.substring(key.indexOf('/') + 1);
        ObjectNode lease = (ObjectNode) JSON.readTree(seal.open("lease", name, content, key));
        boolean isOthers =
                id(lease.path("intent")).filter(one -> !one.equals(self)).isPresent();
        if (isOthers) {
            lease.putNull("intent");
        }
        return seal.seal("lease", name, JSON.writeValueAsBytes(lease));
    }

    private Optional<JsonNode> read(String kind, String connector) {
        String name = hidden.computeIfAbsent(connector, seal::hidden);
        String key = kind + "s/" + name;
        return bucket.get(key).map(Stored::content).map(content -> JSON.readTree(seal.open(kind, name, content, key)));
    }

    private static Optional<String> id(JsonNode machine) {
        return machine.isObject() ? Optional.of(machine.path("id").asString()) : Optional.empty();
    }
}
