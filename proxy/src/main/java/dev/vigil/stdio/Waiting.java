// SPDX-License-Identifier: Apache-2.0
package dev.vigil.stdio;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;

/** The ids for which the client still expects an answer. Any thread. */
final class Waiting {
    /** Raw JSON as the client wrote it, by {@link #plain}. Guarded by this. */
    private final Map<String, String> ids = new LinkedHashMap<>();

    /** @param raw ids as raw JSON */
    Waiting(List<String> raw) {
        raw.forEach(id -> ids.put(plain(id), id));
    }

    synchronized void answered(String raw) {
        ids.remove(plain(raw));
    }

    synchronized boolean isNobody() {
        return ids.isEmpty();
    }

    /** All of them, as the client wrote them; from now on there are none. */
    synchronized List<String> takeAll() {
        List<String> all = List.copyOf(ids.values());
        ids.clear();
        return all;
    }

    /** The same for every way of writing an id. */
    static String plain(String raw) {
        try {
            return Rpc.JSON.readTree(raw).toString();
        } catch (JacksonException e) {
            return raw;
        }
    }
}
