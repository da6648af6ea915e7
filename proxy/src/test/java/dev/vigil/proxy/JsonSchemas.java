// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** JSON Schemas from the class path, and what they say of a value. */
final class JsonSchemas {
    private static final JsonMapper JSON = JsonMapper.shared();

    private JsonSchemas() {}

    /** What a definition of a schema has against a value; empty when it fits. */
    static List<String> complaints(String resource, String definition, JsonNode value) {
        Schema schema = compiled(part(resource, definition));
        return schema.validate(value).stream().map(Object::toString).toList();
    }

    /** As above, and against every field, here and in what it refers to, that the schema does not name. */
    static List<String> complaintsOfAStickler(String resource, String definition, JsonNode value) {
        ObjectNode strict = part(resource, definition);
        return compiled(strict.put("unevaluatedProperties", false)).validate(value).stream()
                .map(Object::toString)
                .toList();
    }

    /** The schema with another root: the same definitions, entered at {@code definition}. */
    private static ObjectNode part(String resource, String definition) {
        ObjectNode whole = (ObjectNode) read(resource);
        String home = whole.has("$defs") ? "$defs" : "definitions";
        if (!whole.path(home).has(definition)) {
            throw new IllegalArgumentException(resource + " defines no " + definition);
        }
        ObjectNode entry = JSON.createObjectNode();
        entry.set("$schema", whole.get("$schema"));
        entry.set(home, whole.get(home));
        return entry.put("$ref", "#/" + home + "/" + definition);
    }

    private static Schema compiled(ObjectNode schema) {
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(SchemaLocation.of("urn:test"), schema);
    }

    static JsonNode read(String resource) {
        try (InputStream in = Objects.requireNonNull(
                JsonSchemas.class.getResourceAsStream(resource), () -> resource + " is not on the class path")) {
            return JSON.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
