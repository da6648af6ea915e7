// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import static dev.vigil.auth.Spans.longer;
import static dev.vigil.auth.Spans.shorter;

import dev.vigil.auth.Authorization.Live;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.zip.CRC32;

/**
 * When to refresh, how urgent it is, how long to rest after a failure. Pure: time and chance come in as arguments.
 *
 * <p>With L the lifetime told at receipt, the zones begin when this much is left:
 *
 * <table>
 *   <caption>Zones</caption>
 *   <tr><td>normal<td>20 to 30 % of L, at least min(5 min, L/2); L up to 5 min: 40 to 50 %; L up to 1 min: 40 to 60 %
 *   <tr><td>warning<td>max(10 min, L/10), at most L/3
 *   <tr><td>emergency<td>min(L/6, max(60 s, min(225 s, L/10)))
 * </table>
 *
 * However long an access token lives, its refresh token is used at least every min(7 days, half of what it is known to live),
 * give or take a tenth; and a token that claims to be issued in the future is renewed at once.
 *
 * <p>The numbers follow what credential libraries of the large clouds and of Kubernetes do: 70 to 80 % of life, then two
 * margins, spread so that machines and connectors do not march in step.
 *
 * @param machine names this machine; part of the spread
 * @param settings thresholds of a connector by its name
 */
public record RefreshPolicy(String machine, Function<String, RefreshSettings> settings) {
    private static final Duration SHORT = Duration.ofMinutes(5);
    private static final Duration VERY_SHORT = Duration.ofMinutes(1);
    /** Refresh tokens that nobody uses are ended by their servers after 27 to 90 days, where anything is known. */
    private static final Duration LONGEST_IDLE = Duration.ofDays(7);

    private static final Duration SHORTEST_IDLE = Duration.ofMinutes(1);
    /** Issued further in the future than this: a restored snapshot, or a clock set back. Then nothing about it is sure. */
    private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(5);

    private static final Duration BACKOFF_BASE = Duration.ofSeconds(1);
    private static final Duration BACKOFF_FLOOR = Duration.ofMillis(250);
    /** A server may ask for patience, but not for more than this. */
    private static final Duration LONGEST_RETRY_AFTER = Duration.ofHours(1);
    /** Shifting further would overflow: one client retried 23 million times that way. */
    private static final int LARGEST_EXPONENT = 16;
    /** Failing for this long is an outage, and deserves patience. */
    private static final Duration LONG_OUTAGE = Duration.ofHours(24);

    /** The zones of a grant's access token, as seen from {@code now}. */
    public Schedule schedule(Grant grant, Now now) {
        TokenSet tokens = grant.tokens();
        Optional<Instant> expiry = tokens.lifetime()
                .map(life ->
                        earlier(tokens.expiresAt().orElseThrow(), now.wall().plus(life)));
        if (tokens.refreshToken().isEmpty()) {
            // Nothing can be renewed, so there is nothing to hurry for: fresh until the end, then a login.
            Optional<Deadline> end = expiry.map(at -> Deadline.at(at, now));
            return new Schedule(end, end, end, end);
        }
        Instant alive = keptAlive(grant, tokens.obtainedAt());
        boolean isFromTheFuture = tokens.obtainedAt().isAfter(now.wall().plus(CLOCK_TOLERANCE));
        Instant latest = isFromTheFuture ? now.wall() : alive;
        if (expiry.isEmpty()) {
            Optional<Deadline> only = Optional.of(Deadline.at(latest, now));
            return new Schedule(only, Optional.empty(), Optional.empty(), Optional.empty());
        }
        Instant end = expiry.get();
        Leads leads = leads(grant);
        return new Schedule(
                Optional.of(Deadline.at(earlier(latest, end.minus(leads.normal())), now)),
                Optional.of(Deadline.at(end.minus(leads.warning()), now)),
                Optional.of(Deadline.at(end.minus(leads.emergency()), now)),
                Optional.of(Deadline.at(end, now)));
    }

    /**
     * When a refresh token that lies unused since {@code from} is to be used: servers end idle ones, some after a month, some
     * when they said.
     */
    Instant keptAlive(Grant grant, Instant from) {
        Duration half = grant.tokens()
                .refreshTokenEnd()
                .map(end -> Duration.between(from, end).dividedBy(2))
                .orElse(LONGEST_IDLE);
        Duration idle = scaled(shorter(half, LONGEST_IDLE), 0.9 + 0.2 * spread(grant));
        return from.plus(longer(SHORTEST_IDLE, idle));
    }

    /** What a connector wishes and cannot have with the lifetime that its server gives; empty when all is well. */
    public Optional<String> misfit(Grant grant) {
        RefreshSettings wish = settings.apply(grant.connector());
        if (grant.tokens().lifetime().isEmpty() || wish.equals(RefreshSettings.DEFAULT)) {
            return Optional.empty();
        }
        Leads leads = leads(grant);
        Duration life = grant.tokens().lifetime().get();
        return cut("skew", wish.skew(), leads.normal(), life)
                .or(() -> cut("warning", wish.warning(), leads.warning(), life))
                .or(() -> cut("emergency", wish.emergency(), leads.emergency(), life));
    }

    private static Optional<String> cut(String name, Optional<Duration> wish, Duration had, Duration life) {
        return wish.filter(asked -> !asked.equals(had))
                .map(asked ->
                        "refresh." + name + " is " + asked.toSeconds() + " s, which does not fit tokens that live "
                                + life.toSeconds() + " s: " + had.toSeconds() + " s is used");
    }

    /** The same grant with the planned refresh written into it, for people to read. */
    public Grant planned(Grant grant, Now now) {
        TokenSet tokens =
                grant.tokens().withRefreshAt(schedule(grant, now).refreshAt().map(Deadline::wall));
        return new Grant(
                grant.connector(),
                grant.server(),
                grant.epoch(),
                grant.loggedInAt(),
                grant.oauth(),
                tokens,
                grant.refusal());
    }

    /** What to do now with a live token. */
    Step next(Live live, Now now) {
        Optional<Deadline> due =
                live.retryAt().isPresent() ? live.retryAt() : live.schedule().refreshAt();
        if (due.isEmpty()) {
            return new Step.Rest();
        }
        return due.get().isDue(now) ? new Step.Refresh() : new Step.Wait(due.get());
    }

    /**
     * When to try again after a transient failure: full jitter below a cap that shrinks as expiry nears. Never gives up.
     *
     * @param random uniform in [0, 1)
     */
    Deadline retryAt(Live live, Optional<Duration> retryAfter, Now now, double random) {
        Duration rest = backoff(live, now, random);
        Duration asked =
                retryAfter.map(wish -> shorter(wish, LONGEST_RETRY_AFTER)).orElse(Duration.ZERO);
        return Deadline.in(longer(rest, asked), now);
    }

    /**
     * When to try again after a lost answer. The refresh token may be spent, and a strict server ends the whole grant when
     * it sees a spent one again, so we live on the access token to its end: then nothing is left to lose.
     *
     * @param resendIn when it may be sent earlier, if it may
     */
    Deadline retryAfterLostAnswer(Live live, Optional<Duration> resendIn, Now now, double random) {
        boolean serves = live.schedule().expiresAt().isPresent() && live.zone(now) != Zone.EXPIRED;
        if (resendIn.isEmpty() && !serves) {
            return Deadline.in(backoff(live, now, random), now);
        }
        Deadline latest =
                live.zone(now) == Zone.EXPIRED ? Deadline.in(cap(live, now), now) : lastLook(live.schedule(), now);
        return resendIn.map(wait -> Deadline.in(wait, now).orEarlier(latest, now))
                .orElse(latest);
    }

    /** When an access token ends that will not be renewed, or is looked at again if nobody knows. */
    static Deadline lastLook(Schedule schedule, Now now) {
        return schedule.expiresAt().orElseGet(() -> Deadline.in(LONGEST_IDLE, now));
    }

    private Duration backoff(Live live, Now now, double random) {
        int exponent = Math.min(live.failures(), LARGEST_EXPONENT);
        Duration ceiling = shorter(BACKOFF_BASE.multipliedBy(1L << exponent), cap(live, now));
        return longer(BACKOFF_FLOOR, scaled(ceiling, random));
    }

    private static Duration cap(Live live, Now now) {
        boolean longOutage = live.trouble()
                .map(trouble -> trouble.since().plus(LONG_OUTAGE).isBefore(now.wall()))
                .orElse(false);
        if (longOutage) {
            return Duration.ofMinutes(30);
        }
        return switch (live.zone(now)) {
            case WARNING -> Duration.ofSeconds(30);
            case EMERGENCY -> Duration.ofSeconds(10);
            case EXPIRED -> Duration.ofMinutes(10);
            case FRESH, NORMAL -> Duration.ofMinutes(2);
        };
    }

    private record Leads(Duration normal, Duration warning, Duration emergency) {}

    private Leads leads(Grant grant) {
        Duration life = grant.tokens().lifetime().orElseThrow();
        RefreshSettings wish = settings.apply(grant.connector());
        Duration emergency = shorter(wish.emergency().orElse(emergencyLead(life)), life.dividedBy(6));
        Duration warning = longer(emergency, shorter(wish.warning().orElse(warningLead(life)), life.dividedBy(3)));
        Duration latest = scaled(life, 0.9);
        Duration normal = wish.skew().orElse(normalLead(life, spread(grant)));
        return new Leads(longer(warning, shorter(normal, latest)), warning, emergency);
    }

    private static Duration normalLead(Duration life, double spread) {
        if (life.compareTo(VERY_SHORT) <= 0) {
            return scaled(life, 0.4 + 0.2 * spread);
        }
        if (life.compareTo(SHORT) <= 0) {
            return scaled(life, 0.4 + 0.1 * spread);
        }
        return longer(scaled(life, 0.2 + 0.1 * spread), shorter(SHORT, life.dividedBy(2)));
    }

    private static Duration warningLead(Duration life) {
        return longer(Duration.ofMinutes(10), life.dividedBy(10));
    }

    private static Duration emergencyLead(Duration life) {
        return longer(Duration.ofSeconds(60), shorter(Duration.ofSeconds(225), life.dividedBy(10)));
    }

    /**
     * Uniform in [0, 1) and the same at each look: drawn from machine, connector and generation. The check sum alone would
     * not do: it is linear, so over the generations the draws of all grants add up to the same.
     */
    private double spread(Grant grant) {
        CRC32 hash = new CRC32();
        String drawn = machine + '|' + grant.connector() + '|' + grant.tokens().generation();
        hash.update(drawn.getBytes(StandardCharsets.UTF_8));
        return new SplittableRandom(hash.getValue()).nextDouble();
    }

    private static Duration scaled(Duration duration, double factor) {
        return Duration.ofMillis((long) (duration.toMillis() * factor));
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }
}
