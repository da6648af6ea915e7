// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.vault.Fields;
import tools.jackson.databind.node.ObjectNode;

/**
 * One of the machines that share a bucket.
 *
 * @param id random, made with the home that it names; two copies of a home must not have the same
 * @param name for people
 */
public record Machine(String id, String name) {
    boolean isSame(Machine other) {
        return id.equals(other.id);
    }

    ObjectNode into(ObjectNode node) {
        return node.put("id", id).put("name", name);
    }

    static Machine read(Fields fields) {
        return new Machine(fields.text("id"), fields.text("name"));
    }
}
