// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;

/**
 * Which clients were shown lists that the server did not answer itself, and are to hear once it can be asked again that the
 * lists have changed. Any thread.
 */
final class Announcements {
    private static final Map<String, String> NEWS = Map.of(
            "tools/list", "notifications/tools/list_changed",
            "prompts/list", "notifications/prompts/list_changed",
            "resources/list", "notifications/resources/list_changed",
            "resources/templates/list", "notifications/resources/list_changed");

    /** By what a listener of 2026-07-28 says it wants to hear of. */
    private static final Map<String, String> WANTED = Map.of(
            "toolsListChanged", "notifications/tools/list_changed",
            "promptsListChanged", "notifications/prompts/list_changed",
            "resourcesListChanged", "notifications/resources/list_changed");

    private static final int MOST = 10_000;

    private final Map<Object, Set<String>> owed = new ConcurrentHashMap<>();

    /**
     * A request was answered in the server's place.
     *
     * @param listener whom to tell: a session, or who uses a connector where there are none
     */
    void answered(Object listener, String method) {
        String news = NEWS.get(method);
        if (news != null) {
            if (owed.size() >= MOST) {
                owed.clear(); // clients that never came back; the others list again when they connect
            }
            owed.computeIfAbsent(listener, any -> ConcurrentHashMap.newKeySet()).add(news);
        }
    }

    boolean owes(Object listener) {
        return owed.containsKey(listener);
    }

    /**
     * The methods of the notifications that are to be told now, sorted: what is owed, which counts as told from now on, and
     * what was asked for.
     *
     * @param wanted what a stream that we held asks to hear of; empty for all others. Without sessions, connections that show
     *     one local key cannot be told apart, and what they are owed is told to the first; so each held stream is told all
     *     that it wants, which costs its client a list at worst
     */
    List<String> take(Object listener, JsonNode wanted) {
        Set<String> taken = owed.remove(listener);
        Set<String> all = new TreeSet<>(taken == null ? Set.of() : taken);
        WANTED.forEach((asked, method) -> {
            if (wanted.path(asked).asBoolean(false)) {
                all.add(method);
            }
        });
        return List.copyOf(all);
    }
}
