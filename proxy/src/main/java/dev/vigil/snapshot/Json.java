// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** JSON that servers wrote: nothing in it is trusted, and numbers keep all their digits. */
final class Json {
    /** Deeper than any schema that a person wrote. */
    private static final int DEEPEST = 128;
    /** A tree takes many times the room of its text, so the text's length alone is no limit. */
    private static final long MOST_TOKENS = 400_000;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEEPEST)
                            .maxTokenCount(MOST_TOKENS)
                            .build())
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static ArrayNode array() {
        return MAPPER.createArrayNode();
    }

    static ArrayNode array(List<String> texts) {
        ArrayNode array = array();
        texts.forEach(array::add);
        return array;
    }

    /** The object that was written; empty for anything else. */
    static Optional<ObjectNode> object(byte[] json) {
        try {
            return MAPPER.readTree(json) instanceof ObjectNode object ? Optional.of(object) : Optional.empty();
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    /** One that was checked before it was kept. */
    static ObjectNode kept(String json) {
        return (ObjectNode) MAPPER.readTree(json);
    }

    static Optional<ObjectNode> object(ObjectNode in, String field) {
        return in.get(field) instanceof ObjectNode object ? Optional.of(object) : Optional.empty();
    }

    static Optional<String> text(JsonNode in, String field) {
        JsonNode value = in.get(field);
        return value != null && value.isString() ? Optional.of(value.stringValue()) : Optional.empty();
    }

    /** How many items a kept list has. */
    static int size(String items) {
        int size = 0;
        try (JsonParser parser = MAPPER.createParser(items)) {
            parser.nextToken();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                parser.skipChildren();
                size++;
            }
        }
        return size;
    }

    static String written(JsonNode node) {
        return MAPPER.writeValueAsString(node);
    }
}
