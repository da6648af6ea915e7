// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How long an idle upstream connection may be used again. Pure. */
final class KeepAlive {
    /** Idle connections older than this are closed whatever the server says. */
    static final Duration LONGEST = Duration.ofSeconds(60);
    /**
     * Where the server has promised nothing. Some common servers close after 5 s without a word; a tool call written at
     * that moment would be lost, and may not be sent twice.
     */
    static final Duration UNPROMISED = Duration.ofSeconds(4);
    /** Taken off a promise, for the way there. */
    private static final Duration MARGIN = Duration.ofSeconds(1);

    /** Which idle connections a request may be written on. */
    enum Reuse {
        /** Any: if it is lost on one that was just being closed, it is sent again. */
        ANY,
        /** Only one that the server surely still holds: a lost request may not be sent again. */
        SURE,
        /** None: the request has been lost on an idle one before. */
        NONE
    }

    private KeepAlive() {}

    /** The {@code timeout} of a {@code Keep-Alive} header; zero when it has none. */
    static Duration promised(@Nullable String header) {
        if (header == null) {
            return Duration.ZERO;
        }
        for (String part : header.toLowerCase(Locale.ROOT).split(",", -1)) {
            String[] pair = part.trim().split("=", 2);
            if (pair.length == 2
                    && pair[0].trim().equals("timeout")
                    && pair[1].trim().matches("\\d{1,6}")) {
                return Duration.ofSeconds(Long.parseLong(pair[1].trim()));
            }
        }
        return Duration.ZERO;
    }

    /** May a connection that has been idle for so long be used again? */
    static boolean isUsable(Duration idle, Duration promised, Reuse reuse) {
        if (reuse == Reuse.NONE || idle.compareTo(LONGEST) >= 0) {
            return false;
        }
        Duration unpromised = reuse == Reuse.ANY ? LONGEST : UNPROMISED;
        return idle.compareTo(promised.isZero() ? unpromised : promised.minus(MARGIN)) < 0;
    }
}
