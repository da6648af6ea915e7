// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import dev.vigil.auth.Now;
import dev.vigil.auth.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** What an authorization server tells of its token endpoint. Heard on its event loop, asked by any thread. */
final class ChaosHearing {
    private final TimeSource time;
    private final Duration life;

    private final AtomicInteger strikes = new AtomicInteger();
    /** Of the newest token, on the server's monotonic clock. */
    private final AtomicReference<Duration> issued = new AtomicReference<>(Duration.ZERO);
    /** By the machine's clocks, as callers are. */
    private final List<Now> finalNos = new CopyOnWriteArrayList<>();

    /**
     * @param time of the server
     * @param life of its access tokens
     */
    ChaosHearing(TimeSource time, Duration life) {
        this.time = time;
        this.life = life;
    }

    void heard(String line) {
        if (line.startsWith("token request: ") && line.endsWith(" strikes")) {
            strikes.incrementAndGet();
        } else if (line.contains(" is at generation ")) {
            issued.set(time.now().monotonic());
        } else if (line.startsWith("refresh_token: invalid_grant")) {
            noteFinalNo();
        }
    }

    void noteFinalNo() {
        finalNos.add(new Now(Instant.now(), Duration.ofNanos(System.nanoTime())));
    }

    /** When it first refused a refresh token for good. */
    Optional<Now> finalNo() {
        return finalNos.stream().findFirst();
    }

    /** Token requests that met a fault. */
    int strikes() {
        return strikes.get();
    }

    /** No access token is good any more: the last that was given out has lived its life. */
    boolean newestTokenHasEnded() {
        return time.now().monotonic().minus(issued.get()).compareTo(life) >= 0;
    }
}
