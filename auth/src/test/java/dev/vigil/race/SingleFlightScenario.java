// SPDX-License-Identifier: Apache-2.0
package dev.vigil.race;

import dev.vigil.auth.Grant;
import dev.vigil.auth.Grants;
import dev.vigil.auth.MemoryVault;
import dev.vigil.auth.RefreshOutcome.Refreshed;
import dev.vigil.auth.Refresher;
import dev.vigil.auth.Secret;
import dev.vigil.auth.TaskLoop;
import dev.vigil.auth.Timeline;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jspecify.annotations.Nullable;

/**
 * One token that two requests find refused, and threads that ask for a newer one, carry out what goes over the wire, look,
 * or log in anew. The loop is {@link Timeline}, which runs a task on whichever thread finds it idle. Where nothing but its
 * own thread touches something, it is left unguarded: each guard is one more place to try in vain.
 */
public abstract class SingleFlightScenario {
    private final Timeline time = new Timeline();
    private final MemoryVault vault = new MemoryVault(time);
    private final Grant first = Grants.lasting(Duration.ofHours(1), time.now().wall());
    private final Grant second = Grants.renewed(first, time.now().wall());
    private final SingleFlight keeper;

    /** Refreshes that wait for the wire. Guarded by itself. */
    private final Deque<Runnable> onTheWire = new ArrayDeque<>();
    /** How often the one refresh token went out. Touched by whoever carries. */
    private int sent;
    /** Touched by one request only, like the other. */
    private @Nullable CompletableFuture<Grant> oneAsked;

    private @Nullable CompletableFuture<Grant> otherAsked;

    SingleFlightScenario(Function<SingleFlightScenario, SingleFlight> making) {
        vault.appear(first);
        keeper = making.apply(this);
    }

    /** The product's keeper: must hold. */
    public static final class OfTheProduct extends SingleFlightScenario {
        public OfTheProduct() {
            super(scenario -> scenario.real(scenario.time));
        }
    }

    /** The product's keeper with a planted race: its tasks run at once on whichever thread brings them. */
    public static final class WithoutALoop extends SingleFlightScenario {
        public WithoutALoop() {
            super(scenario -> scenario.real(new NoLoop()));
        }
    }

    public static final class OfAnEagerKeeper extends SingleFlightScenario {
        public OfAnEagerKeeper() {
            super(scenario -> scenario.planted(PlantedKeepers.Eager::new));
        }
    }

    public static final class OfAForgetfulKeeper extends SingleFlightScenario {
        public OfAForgetfulKeeper() {
            super(scenario -> scenario.planted(PlantedKeepers.Forgetful::new));
        }
    }

    public static final class OfATornKeeper extends SingleFlightScenario {
        public OfATornKeeper() {
            super(scenario -> scenario.planted(PlantedKeepers.Torn::new));
        }
    }

    /** A request whose token was refused. */
    @Operation
    public void ask() {
        oneAsked = keeper.newerThan(1).toCompletableFuture();
    }

    /** Another one, at the same time. */
    @Operation
    public void askToo() {
        otherAsked = keeper.newerThan(1).toCompletableFuture();
    }

    /** The thread {@code refresh-io}: carries out the oldest refresh that waits, if one does. */
    @Operation
    public void carry() {
        next().ifPresent(Runnable::run);
    }

    /** Two requests of one client, one after the other. */
    @Operation
    public void look() {
        Grant before = keeper.look();
        Grant after = keeper.look();
        refuse(before.supersedes(after), "a look went back to an older token");
        refuse(isTorn(before) || isTorn(after), "a look saw the token of another generation");
    }

    /** A person logs in meanwhile. */
    @Operation
    public void login() {
        vault.appear(loggedInAgain());
        ((RealKeeper) keeper).reread();
    }

    @Validate
    public void check() {
        for (Optional<Runnable> rest = next(); rest.isPresent(); rest = next()) {
            rest.get().run();
        }
        refuse(sent > 1, "the one refresh token was sent " + sent + " times");
        checkAnswer(oneAsked);
        checkAnswer(otherAsked);
        refuse(vault.load("notion").orElseThrow().supersedes(keeper.look()), "requests see less than the vault holds");
    }

    private void checkAnswer(@Nullable CompletableFuture<Grant> asked) {
        if (asked != null) {
            refuse(!asked.isDone(), "a waiter was forgotten");
            refuse(!asked.join().supersedes(first), "a waiter got the old token");
        }
    }

    private SingleFlight real(TaskLoop loop) {
        RealKeeper real = new RealKeeper(loop, this::send, time, vault, wire());
        real.begin();
        return real;
    }

    private SingleFlight planted(Making planted) {
        return planted.make(time, this::send, wire(), first);
    }

    private Refresher wire() {
        return (held, terms) -> {
            sent++;
            return new Refreshed(second, Optional.empty());
        };
    }

    private void send(Runnable refresh) {
        synchronized (onTheWire) {
            onTheWire.add(refresh);
        }
    }

    private Optional<Runnable> next() {
        synchronized (onTheWire) {
            return Optional.ofNullable(onTheWire.poll());
        }
    }

    private Grant loggedInAgain() {
        Secret refreshToken = new Secret("refresh-of-the-new-login");
        return Grants.of("notion", 2, 2, first.loggedInAt(), first.tokens().lifetime(), Optional.of(refreshToken));
    }

    private static boolean isTorn(Grant seen) {
        return !seen.tokens()
                .accessToken()
                .equals(new Secret("access-" + seen.tokens().generation()));
    }

    private static void refuse(boolean broken, String what) {
        if (broken) {
            throw new IllegalStateException(what);
        }
    }

    private interface Making {
        SingleFlight make(TaskLoop loop, Executor refreshIo, Refresher wire, Grant held);
    }
}
