// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A JSON object that a stranger sent. Total: a member that is missing, null or of another type is simply absent.
 *
 * <p>Nimbus' own parsers are not used for answers: one malformed member that we never look at (an empty
 * {@code service_documentation}, a missing {@code token_type}, {@code "expires_in": null}) makes them refuse all of it.
 */
final class ForeignJson {
    private static final JsonMapper MAPPER = new JsonMapper();

    private final JsonNode node;

    private ForeignJson(JsonNode node) {
        this.node = node;
    }

    /** Empty when the bytes are not one JSON object. */
    static Optional<ForeignJson> parse(byte[] body) {
        try {
            return wrap(MAPPER.readTree(body));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    boolean has(String member) {
        return node.has(member);
    }

    /** A string that is not blank. */
    Optional<String> text(String member) {
        JsonNode value = node.path(member);
        return value.isString() && !value.stringValue().isBlank() ? Optional.of(value.stringValue()) : Optional.empty();
    }

    /** The strings of an array; others in it are passed over. */
    List<String> texts(String member) {
        List<String> found = new ArrayList<>();
        for (JsonNode value : node.path(member)) {
            if (value.isString() && !value.stringValue().isBlank()) {
                found.add(value.stringValue());
            }
        }
        return List.copyOf(found);
    }

    boolean flag(String member) {
        return node.path(member).isBoolean() && node.path(member).booleanValue();
    }

    /** A whole number, or a string that spells one: some servers quote {@code expires_in}. */
    OptionalLong number(String member) {
        JsonNode value = node.path(member);
        if (value.isNumber()) {
            return OptionalLong.of((long) value.doubleValue()); // saturates where a long would overflow
        }
        return text(member)
                .filter(digits -> digits.matches("\\d{1,18}"))
                .map(digits -> OptionalLong.of(Long.parseLong(digits)))
                .orElse(OptionalLong.empty());
    }

    Optional<ForeignJson> object(String member) {
        return wrap(node.path(member));
    }

    private static Optional<ForeignJson> wrap(JsonNode node) {
        return node.isObject() ? Optional.of(new ForeignJson(node)) : Optional.empty();
    }
}
