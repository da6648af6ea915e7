// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.time.Duration;

/** The shorter and the longer of two spans of time. */
final class Spans {
    private Spans() {}

    static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    static Duration longer(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }
}
