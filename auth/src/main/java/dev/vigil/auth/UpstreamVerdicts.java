// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import dev.vigil.auth.Authorization.Live;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What upstreams say of our tokens, and what follows from it. An upstream is heard, but only the authorization server ends
 * a grant; with one exception, a token that is refused again and again though it is fresh.
 *
 * <p>Any thread may call; state is touched on {@code token-keeper} only, and stages complete there.
 */
public final class UpstreamVerdicts {
    private static final Duration WINDOW = Duration.ofMinutes(10);
    private static final int FINAL = 3;
    private static final Duration TRIAL_PAUSE = Duration.ofMinutes(1);

    private record Trial(long generation, Duration at, boolean accepted) {}

    private final TokenKeeper keeper;
    private final TaskLoop loop;
    private final TimeSource time;
    private final Map<String, Deque<Deadline>> refusals = new HashMap<>();
    private final Map<String, Trial> trials = new HashMap<>();
    private final Map<String, Long> suspected = new HashMap<>();
    private final Map<String, Long> refused = new HashMap<>();

    UpstreamVerdicts(TokenKeeper keeper, TaskLoop loop, TimeSource time) {
        this.keeper = keeper;
        this.loop = loop;
        this.time = time;
    }

    /**
     * The upstream refused a token and its replacement too. The third time in ten minutes is no accident: renewing again
     * would only tire the authorization server, and a person is needed.
     */
    public CompletionStage<Authorization> refusedThoughFresh(String connector) {
        CompletableFuture<Authorization> done = new CompletableFuture<>();
        loop.execute(() -> {
            if (isOneTooMany(connector) && keeper.look(connector) instanceof Live live) {
                keeper.giveUp(connector, live, "rejected_though_fresh");
            }
            done.complete(keeper.look(connector));
        });
        return done;
    }

    /**
     * May a request carry a token that has expired by our clocks? One a minute may, while nobody answers who could renew it:
     * our clock may be the one that is wrong, and the upstream's 401 decides. Where it was {@linkplain #expiredAccepted
     * accepted}, every request may for a minute.
     */
    public CompletionStage<Boolean> mayTryExpired(String connector) {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        loop.execute(() -> done.complete(keeper.look(connector) instanceof Live live
                && live.trouble().isPresent()
                && mayTry(connector, live.generation())));
        return done;
    }

    /** The upstream took a token that has expired by our clocks. */
    public void expiredAccepted(String connector, long generation) {
        loop.execute(() -> trials.put(connector, new Trial(generation, monotonic(), true)));
    }

    /**
     * An answer looked as if the upstream no longer took this token, though it did not say so. Never a verdict: the token is
     * renewed in the background, once, and the authorization server decides.
     */
    public void suspect(String connector, long generation) {
        loop.execute(() -> {
            if (isHeld(connector, generation)
                    && !Long.valueOf(generation).equals(suspected.put(connector, generation))) {
                keeper.ask(connector, Trigger.SUSPICION);
            }
        });
    }

    /** The upstream answered 401 to this token. On {@code token-keeper}. */
    void refused(String connector, long generation) {
        if (isHeld(connector, generation)) {
            refused.put(connector, generation); // late word of an older one must not cover what was said of this one
        }
        Trial last = trials.get(connector);
        if (last != null && last.generation == generation) {
            trials.put(connector, new Trial(generation, last.at, false));
        }
    }

    /** Is the access token of no use any more, by our clocks or by a 401 of the upstream? On {@code token-keeper}. */
    boolean hasEnded(Live live, Now now) {
        boolean isRefused =
                Long.valueOf(live.generation()).equals(refused.get(live.grant().connector()));
        return isRefused || live.zone(now) == Zone.EXPIRED;
    }

    private boolean isHeld(String connector, long generation) {
        return keeper.look(connector) instanceof Live live && live.generation() == generation;
    }

    private boolean mayTry(String connector, long generation) {
        Trial last = trials.get(connector);
        if (last != null
                && last.generation == generation
                && monotonic().minus(last.at).compareTo(TRIAL_PAUSE) < 0) {
            return last.accepted;
        }
        trials.put(connector, new Trial(generation, monotonic(), false));
        return true;
    }

    /** Counts one refusal; true when it was one too many, which also starts the count anew. */
    private boolean isOneTooMany(String connector) {
        Now now = time.now();
        Deque<Deadline> recent = refusals.computeIfAbsent(connector, name -> new ArrayDeque<>());
        recent.removeIf(end -> end.isDue(now));
        recent.add(Deadline.in(WINDOW, now));
        if (recent.size() < FINAL) {
            return false;
        }
        recent.clear();
        return true;
    }

    private Duration monotonic() {
        return time.now().monotonic();
    }
}
