// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A JSON object as our files hold it. Reading throws {@link IllegalArgumentException} that names the field and never its
 * value, which may be a secret. A field that is {@code null} is absent.
 */
public record Fields(ObjectNode node) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    public static ObjectNode empty() {
        return JSON.createObjectNode();
    }

    public static Fields parse(byte[] json) {
        try {
            if (JSON.readTree(json) instanceof ObjectNode object) {
                return new Fields(object);
            }
        } catch (JacksonException e) {
            // The parser's message may quote the content.
        }
        throw new IllegalArgumentException("is not a JSON object");
    }

    /** Indented, so that a person can read what is not sealed. */
    public static byte[] bytes(ObjectNode object) {
        return (JSON.writeValueAsString(object) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /**
     * {@code fresh}, and below it every field of {@code before} that {@code fresh} does not name, at any depth: what a newer
     * Vigil wrote outlives a save by this one. A fresh object therefore names all fields that it knows, with null for the
     * absent ones.
     */
    public static ObjectNode withUnknown(ObjectNode fresh, ObjectNode before) {
        for (Map.Entry<String, JsonNode> old : before.properties()) {
            JsonNode now = fresh.get(old.getKey());
            if (now == null) {
                fresh.set(old.getKey(), old.getValue().deepCopy());
            } else if (now instanceof ObjectNode inner && old.getValue() instanceof ObjectNode innerBefore) {
                withUnknown(inner, innerBefore);
            }
        }
        return fresh;
    }

    public String text(String field) {
        return maybeText(field).orElseThrow(() -> missing(field));
    }

    public Optional<String> maybeText(String field) {
        return present(field).map(value -> {
            if (!value.isString()) {
                throw new IllegalArgumentException("field '" + field + "' is not a string");
            }
            return value.stringValue();
        });
    }

    public long number(String field) {
        JsonNode value = present(field).orElseThrow(() -> missing(field));
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new IllegalArgumentException("field '" + field + "' is not a whole number");
        }
        return value.longValue();
    }

    public Instant instant(String field) {
        return maybeInstant(field).orElseThrow(() -> missing(field));
    }

    public Optional<Instant> maybeInstant(String field) {
        return maybeText(field).map(text -> {
            try {
                return Instant.parse(text);
            } catch (DateTimeParseException e) {
                throw new IllegalArgumentException("field '" + field + "' is not a time");
            }
        });
    }

    URI uri(String field) {
        return maybeUri(field).orElseThrow(() -> missing(field));
    }

    Optional<URI> maybeUri(String field) {
        return maybeText(field).map(text -> {
            try {
                return URI.create(text);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("field '" + field + "' is not a URI");
            }
        });
    }

    public Fields object(String field) {
        return maybeObject(field, Function.identity()).orElseThrow(() -> missing(field));
    }

    public <T> Optional<T> maybeObject(String field, Function<Fields, T> read) {
        return present(field).map(value -> {
            if (value instanceof ObjectNode object) {
                return read.apply(new Fields(object));
            }
            throw new IllegalArgumentException("field '" + field + "' is not an object");
        });
    }

    /** The elements of an array, each read by {@code read}. */
    <T> List<T> list(String field, Function<JsonNode, T> read) {
        JsonNode value = present(field).orElseThrow(() -> missing(field));
        if (!value.isArray()) {
            throw new IllegalArgumentException("field '" + field + "' is not a list");
        }
        return value.valueStream().map(read).toList();
    }

    public List<String> texts(String field) {
        return list(field, value -> {
            if (!value.isString()) {
                throw new IllegalArgumentException("field '" + field + "' holds something else than strings");
            }
            return value.stringValue();
        });
    }

    public List<Fields> objects(String field) {
        return list(field, value -> {
            if (value instanceof ObjectNode object) {
                return new Fields(object);
            }
            throw new IllegalArgumentException("field '" + field + "' holds something else than objects");
        });
    }

    private Optional<JsonNode> present(String field) {
        return Optional.ofNullable(node.get(field)).filter(value -> !value.isNull());
    }

    private static IllegalArgumentException missing(String field) {
        return new IllegalArgumentException("field '" + field + "' is missing");
    }
}
