// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import static dev.vigil.auth.Spans.longer;
import static dev.vigil.auth.Spans.shorter;

import dev.vigil.auth.RefreshOutcome.Adopted;
import dev.vigil.auth.RefreshOutcome.Unanswered;
import dev.vigil.auth.RefreshOutcome.Unreachable;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps us from tiring authorization servers, whatever the schedule and the requests would like:
 *
 * <ul>
 *   <li>a budget per grant: 6 refreshes a minute, or 3 per lifetime of its access token where that is more;
 *   <li>a budget per authorization server: 30 a minute, but for tokens that live less than a minute;
 *   <li>a breaker per token endpoint: after 5 transient failures in a row nobody asks for 30 s, then one does; each further
 *       failure doubles the rest, up to 10 min, or up to 30 s where there was no way to the server: then nobody is tired, and
 *       a laptop that comes home should not have to wait.
 * </ul>
 *
 * Counted on the monotonic clock. Touched on {@code token-keeper} only.
 */
final class EndpointGuard {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final int PER_GRANT = 6;
    private static final int PER_LIFETIME = 3;
    private static final int PER_SERVER = 30;

    private final Map<String, CallTimes> byConnector = new HashMap<>();
    private final Map<String, CallTimes> byServer = new HashMap<>();
    private final Map<URI, Breaker> breakers = new HashMap<>();

    /** How long this grant's refresh has to wait; zero when it need not. */
    Duration heldBack(Grant grant, Now now) {
        if (grant.oauth().isEmpty()) {
            return Duration.ZERO;
        }
        Duration at = now.monotonic();
        Duration life = grant.tokens().lifetime().orElse(MINUTE);
        boolean isForced = life.compareTo(MINUTE) < 0;
        Duration byGrant = of(byConnector, grant.connector()).untilBelow(perMinute(life), MINUTE, at);
        Duration byServer =
                isForced ? Duration.ZERO : of(this.byServer, issuer(grant)).untilBelow(PER_SERVER, MINUTE, at);
        return longer(breaker(grant).rest(at), longer(byGrant, byServer));
    }

    private static int perMinute(Duration life) {
        long forced = PER_LIFETIME * MINUTE.toMillis() / Math.max(1000, life.toMillis());
        return (int) Math.max(PER_GRANT, forced);
    }

    /** A refresh of this grant begins. */
    void begun(Grant grant, Now now) {
        if (grant.oauth().isPresent()) {
            of(byConnector, grant.connector()).add(now.monotonic());
            of(byServer, issuer(grant)).add(now.monotonic());
            breaker(grant).begun();
        }
    }

    /** It ended so. */
    void ended(Grant grant, RefreshOutcome outcome, Now now) {
        if (grant.oauth().isEmpty()) {
            return;
        }
        if (outcome instanceof Unreachable not
                && not.isWaiting()) { // a look at whose turn it is costs no server anything
            of(byConnector, grant.connector()).takeBackNewest();
            of(byServer, issuer(grant)).takeBackNewest();
        }
        if (isTransient(outcome)) {
            breaker(grant).failed(now.monotonic(), wasAsked(outcome));
        } else if (saysNothing(outcome)) {
            breaker(grant).toldNothing();
        } else {
            breakers.remove(grant.oauth().get().tokenEndpoint());
        }
    }

    private static boolean isTransient(RefreshOutcome outcome) {
        return outcome instanceof Unanswered none && none.sentNow()
                || outcome instanceof Unreachable not && not.category() == FailureCategory.NETWORK;
    }

    private static boolean wasAsked(RefreshOutcome outcome) {
        return !(outcome instanceof Unreachable not) || not.asked();
    }

    /** Nobody asked the endpoint, so it is neither well nor ill. */
    private static boolean saysNothing(RefreshOutcome outcome) {
        return outcome instanceof Adopted
                || outcome instanceof Unanswered
                || outcome instanceof Unreachable not && not.category() != FailureCategory.AUTH;
    }

    private static String issuer(Grant grant) {
        return grant.oauth().orElseThrow().issuer();
    }

    private static CallTimes of(Map<String, CallTimes> all, String key) {
        return all.computeIfAbsent(key, any -> new CallTimes());
    }

    private Breaker breaker(Grant grant) {
        return breakers.computeIfAbsent(grant.oauth().orElseThrow().tokenEndpoint(), any -> new Breaker());
    }

    /** Opens after failures in a row, and lets one through at a time once its rest is over. */
    private static final class Breaker {
        private static final int PATIENCE = 5;
        private static final Duration FIRST_REST = Duration.ofSeconds(30);
        private static final Duration LONGEST_REST = Duration.ofMinutes(10);
        /** A probe under way ends within its own time limit, and whoever waits looks again when it does. */
        private static final Duration PROBE_PATIENCE = Duration.ofSeconds(1);

        private int failures;
        private Duration rest = Duration.ZERO;
        private Optional<Duration> openUntil = Optional.empty();
        private boolean probing;

        Duration rest(Duration at) {
            if (openUntil.isEmpty()) {
                return Duration.ZERO;
            }
            Duration left = openUntil.get().minus(at);
            if (!left.isNegative() && !left.isZero()) {
                return left;
            }
            return probing ? PROBE_PATIENCE : Duration.ZERO;
        }

        void begun() {
            probing = openUntil.isPresent();
        }

        void failed(Duration at, boolean asked) {
            probing = false;
            failures++;
            boolean stillOpen = openUntil.isPresent() && openUntil.get().compareTo(at) > 0;
            if (failures >= PATIENCE && !stillOpen) { // what had begun before it opened does not lengthen the rest
                Duration doubled = shorter(rest.multipliedBy(2), LONGEST_REST);
                rest = rest.isZero() || !asked ? FIRST_REST : doubled;
                openUntil = Optional.of(at.plus(rest));
            }
        }

        void toldNothing() {
            probing = false;
        }
    }
}
