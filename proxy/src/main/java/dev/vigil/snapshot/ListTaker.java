// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** All lists that a server offers, each with all its pages. One thread. */
final class ListTaker {
    static final int MOST_PAGES = 1000;
    private static final int METHOD_NOT_FOUND = -32601;

    private final Speaker speaker;
    private int pages;

    ListTaker(Speaker speaker) {
        this.speaker = speaker;
    }

    /** @param greeting which says what there is */
    Map<ListKind, Listing> all(ObjectNode greeting) throws NotTaken {
        ObjectNode capabilities = Json.object(greeting, "capabilities").orElseGet(Json::object);
        Map<ListKind, Listing> lists = new EnumMap<>(ListKind.class);
        for (ListKind kind : ListKind.values()) {
            if (capabilities.get(kind.capability()) instanceof ObjectNode) {
                list(kind).ifPresent(list -> lists.put(kind, list));
            }
        }
        return lists;
    }

    /** Empty where the server does not have this method after all. */
    private Optional<Listing> list(ListKind kind) throws NotTaken {
        List<String> items = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        Optional<String> scope = Optional.empty();
        Optional<String> cursor = Optional.empty();
        do {
            Optional<ObjectNode> page = page(kind, cursor);
            if (page.isEmpty()) {
                return Optional.empty();
            }
            add(kind, page.get(), items);
            scope = narrower(scope, Json.text(page.get(), "cacheScope"));
            cursor = next(kind, page.get());
            if (cursor.isPresent() && !seen.add(cursor.get())) {
                throw new NotTaken(kind.method() + ": its pages lead in a circle");
            }
        } while (cursor.isPresent());
        return Optional.of(new Listing("[" + String.join(",", items) + "]", scope));
    }

    private Optional<ObjectNode> page(ListKind kind, Optional<String> cursor) throws NotTaken {
        if (++pages > MOST_PAGES) {
            throw new NotTaken("its lists have more than " + MOST_PAGES + " pages");
        }
        ObjectNode params = Json.object();
        cursor.ifPresent(at -> params.put("cursor", at));
        Answer answer = speaker.ask(kind.method(), params);
        boolean missing = answer.error()
                .filter(error -> error.path("code").asInt(0) == METHOD_NOT_FOUND)
                .isPresent();
        if (missing && cursor.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(Results.of(kind.method(), answer));
    }

    private static void add(ListKind kind, ObjectNode page, List<String> items) throws NotTaken {
        if (!isList(kind, page)) {
            throw new NotTaken(kind.method() + ": the result is not a list of " + kind.key());
        }
        page.path(kind.key()).forEach(item -> items.add(Json.written(item)));
    }

    /** Is every item an object with the name that its kind has? */
    static boolean isList(ListKind kind, ObjectNode page) {
        return page.get(kind.key()) instanceof ArrayNode list
                && list.valueStream()
                        .allMatch(item -> item.isObject()
                                && Json.text(item, kind.identity()).isPresent());
    }

    private static Optional<String> next(ListKind kind, ObjectNode page) throws NotTaken {
        JsonNode cursor = page.get("nextCursor");
        if (cursor == null || cursor.isNull()) {
            return Optional.empty();
        }
        if (!cursor.isString()) {
            throw new NotTaken(kind.method() + ": nextCursor is not a string");
        }
        return Optional.of(cursor.stringValue()).filter(text -> !text.isEmpty());
    }

    /** One private page makes the whole list private. */
    private static Optional<String> narrower(Optional<String> before, Optional<String> now) {
        return before.filter("private"::equals).or(() -> now).or(() -> before);
    }
}
