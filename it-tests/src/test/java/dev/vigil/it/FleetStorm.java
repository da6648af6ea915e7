// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import dev.vigil.demo.TokenFault;
import dev.vigil.it.FleetMachine.Death;
import dev.vigil.it.TokenLedger.Issue;
import dev.vigil.sync.StrictFault;
import dev.vigil.sync.StrictS3;
import dev.vigil.sync.StrictS3.Op;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** What befalls the machines and their bucket, dealt from a deck that is shuffled by a seed. For one thread. */
final class FleetStorm {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final Duration PACE = Duration.ofMillis(250);
    /** Refreshes that the server counts after each blow, before the next one falls. */
    private static final int REFRESHES_BETWEEN = 3;
    /** Rounds that fail on each machine before the bucket is back. */
    private static final int FAILED_ROUNDS = 2;

    private final Fleet fleet;
    private final StrictS3 bucket;
    private final Random random;
    private final List<Death> deaths = new ArrayList<>();
    private final List<Strike> strikes = new ArrayList<>();
    private int outages;

    /** One kind of blow. */
    enum Blow {
        RESTART,
        KILL,
        OUTAGE,
        FAULTS,
        /** A kill between the server's commit and our push. */
        STRIKE
    }

    private static final List<Blow> DECK = List.of(
            Blow.RESTART,
            Blow.STRIKE,
            Blow.OUTAGE,
            Blow.KILL,
            Blow.STRIKE,
            Blow.FAULTS,
            Blow.KILL,
            Blow.STRIKE,
            Blow.OUTAGE,
            Blow.FAULTS);

    /** @param held the token set that the server gave out and that nobody got */
    record Strike(String connector, Issue held, Death death) {}

    FleetStorm(Fleet fleet, StrictS3 bucket, Random random) {
        this.fleet = fleet;
        this.bucket = bucket;
        this.random = random;
    }

    /** Deals the whole deck. */
    void blow() {
        List<Blow> deck = new ArrayList<>(DECK);
        Collections.shuffle(deck, random);
        for (Blow blow : deck) {
            long before = fleet.ledger.refreshes();
            System.out.println(Instant.now() + " " + blow + ", " + before + " refreshes so far");
            fall(blow);
            Await.until(
                    LIMIT,
                    PACE,
                    () -> fleet.ledger.refreshes() >= before + REFRESHES_BETWEEN,
                    () -> "nothing is refreshed any more after " + blow);
        }
    }

    private void fall(Blow blow) {
        switch (blow) {
            case RESTART -> {
                FleetMachine machine = any();
                machine.stop();
                machine.start();
            }
            case KILL -> {
                FleetMachine machine = any();
                deaths.add(machine.kill());
                machine.start();
            }
            case OUTAGE -> outage();
            case FAULTS -> faults();
            case STRIKE -> strike();
        }
    }

    private FleetMachine any() {
        return fleet.machines().get(random.nextInt(fleet.machines().size()));
    }

    private void outage() {
        bucket.unplug();
        List<Integer> before =
                fleet.machines().stream().map(FleetStorm::failedRounds).toList();
        for (int i = 0; i < before.size(); i++) {
            FleetMachine machine = fleet.machines().get(i);
            int enough = before.get(i) + FAILED_ROUNDS;
            Await.until(
                    LIMIT,
                    PACE,
                    () -> failedRounds(machine) >= enough,
                    () -> machine + " does not notice that the bucket is gone");
        }
        bucket.plugIn();
        outages++;
    }

    private static int failedRounds(FleetMachine machine) {
        return (int) machine.product().log("sync").stream()
                .filter(round -> round.path("outcome").asString().startsWith("failed"))
                .count();
    }

    /** Answers that lie, are late or never come; what was asked is done or not. */
    private void faults() {
        bucket.next(
                Op.PUT,
                StrictFault.FAIL_AFTER,
                StrictFault.NONE,
                StrictFault.CLOSE_AFTER,
                StrictFault.FAIL_BEFORE,
                StrictFault.CONFLICT,
                StrictFault.CUT_HEAD);
        bucket.next(Op.GET, StrictFault.SLOW_DOWN, StrictFault.CUT_BODY, StrictFault.NONE, StrictFault.HTML);
        bucket.next(Op.LIST, StrictFault.CUT_BODY, StrictFault.FAIL_BEFORE);
    }

    /** The server commits a refresh and holds its answer, and the machine that waits for it is killed. */
    private void strike() {
        CompletableFuture<Issue> committed = new CompletableFuture<>();
        CompletableFuture<Void> letGo = new CompletableFuture<>();
        holdNext(committed, letGo);
        Await.until(LIMIT, committed::isDone, () -> "nobody refreshes");
        Issue held = committed.join();
        String connector = fleet.connectorOf(held.grant()).orElseThrow();
        FleetMachine machine = whoAwaits(connector);
        Death death = machine.kill();
        deaths.add(death);
        strikes.add(new Strike(connector, held, death));
        letGo.complete(null);
        machine.start();
    }

    /** The next refresh that is granted; one that is refused has nothing to lose. */
    private void holdNext(CompletableFuture<Issue> committed, CompletableFuture<Void> letGo) {
        fleet.tokenFaults.next(
                1,
                new TokenFault.HoldAfterCommit(() -> {
                    if (fleet.ledger.newest().isPresent()) {
                        committed.complete(fleet.ledger.newest().get());
                        return letGo;
                    }
                    holdNext(committed, letGo);
                    return CompletableFuture.completedFuture(null);
                }),
                "refresh_token");
    }

    /** No two machines do: that is what the lease is for. */
    private FleetMachine whoAwaits(String connector) {
        List<FleetMachine> awaiting = fleet.machines().stream()
                .filter(machine -> machine.open().contains(connector))
                .toList();
        if (awaiting.size() != 1) {
            throw new AssertionError(
                    awaiting + " wait for " + fleet.standing(connector).get());
        }
        return awaiting.get(0);
    }

    /** Waits until every struck grant has ended at the server, as it must when its refresh token is shown again. */
    void awaitEndOfStruck() {
        for (Strike strike : strikes) {
            Await.until(
                    LIMIT,
                    PACE,
                    () -> fleet.ledger.isRevoked(strike.held().grant()),
                    fleet.standing(strike.connector()));
        }
    }

    /** Logs in anew, on any machine, where the server has ended the grant. */
    void mend() {
        fleet.connectors().stream()
                .filter(connector -> fleet.ledger.isRevoked(fleet.grantOf(connector)))
                .forEach(connector -> fleet.login(connector, any()));
    }

    List<Death> deaths() {
        return List.copyOf(deaths);
    }

    List<Strike> strikes() {
        return List.copyOf(strikes);
    }

    @Override
    public String toString() {
        long kills = deaths.size() - (long) strikes.size();
        return Stream.of(
                        strikes.size() + " kills between commit and push",
                        kills + " other kills",
                        outages + " outages of the bucket")
                .reduce((one, other) -> one + ", " + other)
                .orElseThrow();
    }
}
