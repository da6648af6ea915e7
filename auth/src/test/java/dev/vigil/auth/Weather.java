// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What is broken around the daemon, and since when it is not any more: so that a call which was not served can be told from
 * one that should have been. Kept on the daemon's monotonic clock.
 */
final class Weather {
    /** What a token endpoint does to those who ask it. */
    enum Sky {
        FINE,
        UNAVAILABLE,
        /** HTML on 200, from somebody in between. */
        PAGE,
        /** The connection breaks before the server has acted. */
        RESET,
        /** The server acts, and its answer is lost. */
        LOSING,
        SLOW
    }

    /**
     * How long an outage may be felt after its end: nobody may knock at an endpoint that is down more often than every ten
     * minutes (the breaker's longest rest, and the longest back-off after expiry), and one more try may be under way.
     */
    private static final Duration AFTER_OUTAGE = Duration.ofMinutes(12);
    /** One failure of one refresh rests for seconds, even if the repetition fails too. */
    private static final Duration AFTER_ONE_FAULT = Duration.ofMinutes(2);

    private static final String DISK = "the disk";
    private static final String NETWORK = "the network";

    private final Supplier<Duration> now;
    private final Map<String, Sky> skies = new HashMap<>();
    /** When an issuer's or a grant's trouble ended; the disk's and the network's too, under their own names. */
    private final Map<String, Duration> ended = new HashMap<>();

    private boolean diskFull;
    private boolean networkDown;

    Weather(Supplier<Duration> now) {
        this.now = now;
    }

    Sky over(String issuer) {
        return skies.getOrDefault(issuer, Sky.FINE);
    }

    void turns(String issuer, Sky sky) {
        if (sky == Sky.FINE) {
            ended.put(issuer, now.get());
        }
        skies.put(issuer, sky);
    }

    boolean isDiskFull() {
        return diskFull;
    }

    void diskFull(boolean full) {
        diskFull = full;
        ended.put(DISK, now.get());
    }

    boolean isNetworkDown() {
        return networkDown;
    }

    void networkDown(boolean down) {
        networkDown = down;
        ended.put(NETWORK, now.get());
    }

    /** A single refresh of this connector fails, or is slow. If it was the first after an outage, the outage goes on. */
    void oneFault(String issuer, String connector) {
        Optional<String> still = Stream.of(issuer, DISK, NETWORK)
                .filter(what -> after(what, AFTER_OUTAGE).isPresent())
                .findFirst();
        ended.put(still.isPresent() ? issuer : connector, now.get());
    }

    /** Is something broken right now that keeps this connector from being refreshed? */
    boolean isFoul(String issuer) {
        return over(issuer) != Sky.FINE || diskFull || networkDown;
    }

    /** Why nobody could refresh this connector just now; empty when it should have been possible. */
    Optional<String> excuse(String issuer, String connector) {
        if (over(issuer) != Sky.FINE) return Optional.of(issuer + " is " + over(issuer));
        if (diskFull) return Optional.of("disk full");
        if (networkDown) return Optional.of("network down");
        return after(issuer, AFTER_OUTAGE)
                .or(() -> after(DISK, AFTER_OUTAGE))
                .or(() -> after(NETWORK, AFTER_OUTAGE))
                .or(() -> after(connector, AFTER_ONE_FAULT));
    }

    /** How long everything that this connector needs has been well. */
    Duration wellFor(String issuer, String connector) {
        return Stream.of(issuer, DISK, NETWORK, connector)
                .map(what -> now.get().minus(ended.getOrDefault(what, Duration.ZERO)))
                .min(Duration::compareTo)
                .orElseThrow();
    }

    private Optional<String> after(String what, Duration window) {
        return Optional.ofNullable(ended.get(what))
                .filter(end -> now.get().minus(end).compareTo(window) <= 0)
                .map(end -> "trouble of " + what + " has just ended");
    }
}
