// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Remembers how often an upstream refused a token that had just been renewed. Three times in ten minutes is no accident:
 * renewing again would only tire the authorization server. Touched on {@code token-keeper} only.
 */
final class UpstreamVerdicts {
    private static final Duration WINDOW = Duration.ofMinutes(10);
    private static final int FINAL = 3;

    private final Map<String, Deque<Deadline>> refusals = new HashMap<>();

    /** Counts one refusal; true when it was one too many, which also starts the count anew. */
    boolean refusedThoughFresh(String connector, Now now) {
        Deque<Deadline> recent = refusals.computeIfAbsent(connector, name -> new ArrayDeque<>());
        recent.removeIf(end -> end.isDue(now));
        recent.add(Deadline.in(WINDOW, now));
        if (recent.size() < FINAL) {
            return false;
        }
        recent.clear();
        return true;
    }
}
