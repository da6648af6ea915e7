// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

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

    /** The methods of the notifications that are owed, which count as sent from now on; sorted. */
    List<String> take(Object listener) {
        Set<String> taken = owed.remove(listener);
        List<String> all = new ArrayList<>(taken == null ? Set.of() : taken);
        all.sort(String::compareTo);
        return all;
    }
}
