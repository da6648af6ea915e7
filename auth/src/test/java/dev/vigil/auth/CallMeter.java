// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** The most calls that fell into any window of one length, for each of many callers. Calls are told in order of time. */
final class CallMeter {
    private final Duration window;
    private final Map<String, Deque<Duration>> recent = new HashMap<>();
    private final Map<String, Integer> peaks = new HashMap<>();
    private int calls;

    CallMeter(Duration window) {
        this.window = window;
    }

    /** How many calls the window holds that ends with this one. */
    int add(String caller, Duration at) {
        calls++;
        Deque<Duration> lately = recent.computeIfAbsent(caller, name -> new ArrayDeque<>());
        lately.addLast(at);
        while (at.minus(lately.getFirst()).compareTo(window) >= 0) {
            lately.removeFirst();
        }
        peaks.merge(caller, lately.size(), Math::max);
        return lately.size();
    }

    int calls() {
        return calls;
    }

    int peak() {
        return peaks.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    }
}
