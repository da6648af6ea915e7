// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What this process knows of refresh tokens whose answer was lost, and when one may be sent again.
 *
 * <p>Many servers take a spent refresh token once more for some seconds, exactly for lost answers; others end the whole
 * grant. A server that is not known to be strict is asked again within 20 s of the first sending: that can win the grant
 * back, and costs at worst the rest of one access token. Afterwards nobody's grace is certain, and the access token is used
 * to its end first. Deadlines are monotonic: a clock set back must not make a late try look early.
 *
 * <p>Any thread may call; for one connector only who has claimed it.
 */
final class LostAnswers {
    private static final Duration WINDOW = Duration.ofSeconds(20);
    private static final List<Duration> PAUSES =
            List.of(Duration.ofMillis(500), Duration.ofSeconds(2), Duration.ofSeconds(5), Duration.ofSeconds(10));

    /** A server that is slow may still be at work on what was sent when we gave up waiting. */
    private static final Duration SETTLED = Duration.ofSeconds(60);
    /**
     * The same, when whoever waited has died; counted from its intent, which comes before the sending. It covers the 25 s
     * that it would have waited for an answer, and 15 s for what may come before (a probe of the token host may take 10 s).
     */
    static final Duration ORPHAN_SETTLED = Duration.ofSeconds(40);

    private record Sent(long epoch, long generation, Duration first, Duration last, boolean slow, int times) {
        boolean isOf(Grant grant) {
            return epoch == grant.epoch() && generation == grant.tokens().generation();
        }
    }

    private final Map<String, Sent> sent = new ConcurrentHashMap<>();

    /** The refresh token of this grant is about to be sent. */
    void sending(Grant grant, Now now) {
        Sent next = ofThis(grant)
                .map(before -> new Sent(
                        before.epoch, before.generation, before.first, now.monotonic(), false, before.times + 1))
                .orElseGet(() -> new Sent(
                        grant.epoch(), grant.tokens().generation(), now.monotonic(), now.monotonic(), false, 1));
        sent.put(grant.connector(), next);
    }

    /** There was an answer, whatever it said. */
    void answered(Grant grant) {
        sent.remove(grant.connector());
    }

    /** May a token whose answer was lost be sent again now? Never one that another run of Vigil sent. */
    boolean isInWindow(Grant grant, Now now) {
        return ofThis(grant)
                .map(one -> now.monotonic().minus(one.first).compareTo(WINDOW) <= 0)
                .orElse(false);
    }

    /** How long to wait before the next sending; empty when it would come too late. */
    Optional<Duration> pause(Grant grant, Now now) {
        return ofThis(grant)
                .filter(one -> one.times <= PAUSES.size())
                .map(one -> PAUSES.get(one.times - 1))
                .filter(pause ->
                        isInWindow(grant, new Now(now.wall(), now.monotonic().plus(pause))));
    }

    /** No answer came to the last sending. */
    void unanswered(Grant grant, Now now) {
        ofThis(grant)
                .filter(one -> now.monotonic().minus(one.last).compareTo(WINDOW) >= 0)
                .ifPresent(one -> sent.put(
                        grant.connector(), new Sent(one.epoch, one.generation, one.first, one.last, true, one.times)));
    }

    /**
     * How long until the last sending cannot be under way any more; a repeat beside it would look like a theft.
     *
     * @param at when the intent of a sending was written, maybe by a process that has died since; empty if it does not tell
     */
    Duration untilSettled(Grant grant, Optional<Instant> at, Now now) {
        Duration left = ofThis(grant)
                .map(one -> one.slow ? one.last.plus(SETTLED).minus(now.monotonic()) : Duration.ZERO)
                .orElseGet(() -> at.map(then -> untilOrphanSettled(then, now)).orElse(Duration.ZERO));
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** From the future by the clock that there is now: then it does not tell. */
    private static Duration untilOrphanSettled(Instant at, Now now) {
        Duration age = Duration.between(at, now.wall());
        return age.isNegative() ? Duration.ZERO : ORPHAN_SETTLED.minus(age);
    }

    private Optional<Sent> ofThis(Grant grant) {
        return Optional.ofNullable(sent.get(grant.connector())).filter(one -> one.isOf(grant));
    }
}
