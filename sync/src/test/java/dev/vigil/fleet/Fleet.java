// SPDX-License-Identifier: Apache-2.0
package dev.vigil.fleet;

import dev.vigil.auth.Connector;
import dev.vigil.auth.Grant;
import dev.vigil.auth.Grants;
import dev.vigil.auth.Secret;
import dev.vigil.auth.SimulatedCall;
import dev.vigil.auth.SimulatedIssuer;
import dev.vigil.auth.SimulatedIssuer.Family;
import dev.vigil.auth.SimulatedIssuer.Reuse;
import dev.vigil.auth.Timeline;
import dev.vigil.sync.MemoryStore;
import dev.vigil.vault.SharedSeal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Machines, the bucket that they share, and authorization servers that differ in what they think of spent refresh tokens. One
 * true time, in which servers live, and for each machine clocks of its own.
 */
final class Fleet {
    static final Instant START = Instant.parse("2026-11-21T08:00:00Z");
    /** The daemon's default. */
    static final Duration EVERY = Duration.ofSeconds(30);

    final Timeline truth = new Timeline(START);
    final MemoryStore bucket = new MemoryStore();
    final SharedSeal seal;
    final SplittableRandom chance;
    final Judge judge;
    final Parts parts;
    final List<SimulatedIssuer> issuers;
    final List<Box> boxes = new ArrayList<>();
    Fates fates;

    private final Map<String, SimulatedIssuer> issuerOf = new LinkedHashMap<>();
    private final Map<String, Duration> lifetimes = new LinkedHashMap<>();
    private List<Connector> connectors = List.of();

    /** @param story names the run: the seed */
    Fleet(String story, SharedSeal seal, SplittableRandom chance, Parts parts) {
        this.seal = seal;
        this.chance = chance;
        this.parts = parts;
        this.judge = new Judge(story, this);
        this.fates = new Calm(chance.split());
        this.issuers = Arrays.stream(Reuse.values())
                .map(reuse -> new SimulatedIssuer(
                        reuse.name().toLowerCase(Locale.ROOT),
                        reuse,
                        () -> truth.now().wall()))
                .toList();
        bucket.putIfAbsent("keys/ring", seal.ring().bytes().orElseThrow());
    }

    void connector(String name, Reuse reuse, Duration lifetime) {
        issuerOf.put(
                name,
                issuers.stream().filter(one -> one.reuse == reuse).findFirst().orElseThrow());
        lifetimes.put(name, lifetime);
        connectors = issuerOf.keySet().stream()
                .map(one -> Connector.oauth(one, Grants.SERVER))
                .toList();
    }

    Box machine(String name, Duration clockOff) {
        Box box = new Box(this, name, clockOff);
        boxes.add(box);
        return box;
    }

    List<Connector> connectors() {
        return connectors;
    }

    List<String> names() {
        return List.copyOf(issuerOf.keySet());
    }

    SimulatedIssuer issuerOf(String connector) {
        return Optional.ofNullable(issuerOf.get(connector)).orElseThrow();
    }

    Duration lifetime(String connector) {
        return Optional.ofNullable(lifetimes.get(connector)).orElseThrow();
    }

    /** What its server makes of it. */
    Family familyOf(Grant grant) {
        return issuerOf(grant.connector()).familyOf(refreshToken(grant));
    }

    static int number(Grant grant) {
        return SimulatedIssuer.number(refreshToken(grant));
    }

    static String refreshToken(Grant grant) {
        return grant.tokens().refreshToken().map(Secret::reveal).orElseThrow();
    }

    Duration age() {
        return Duration.between(START, truth.now().wall());
    }

    /** A client calls a tool. */
    void call(Box box, String connector) {
        if (box.process().isEmpty() || !box.isAwake() || box.isOffline()) {
            return;
        }
        new SimulatedCall(
                        box.process().get().daemon,
                        box.clock,
                        connector,
                        issuerOf(connector)::accepts,
                        new SimulatedCall.Caller() {
                            @Override
                            public void served() {
                                judge.served();
                            }

                            @Override
                            public void skipped(String why) {
                                judge.skipped(box, connector, why);
                            }
                        })
                .begin();
    }

    /** Lets so much true time pass; whoever is asleep stands still. */
    void advance(Duration by) {
        Duration end = truth.now().monotonic().plus(by);
        while (true) {
            Duration left = end.minus(truth.now().monotonic());
            Duration step = untilNext(left);
            move(step);
            if (step.equals(left) && !isAnythingDue()) {
                return;
            }
        }
    }

    private void move(Duration step) {
        if (!step.isZero()) {
            truth.standStill(step);
            boxes.stream().filter(Box::isAwake).forEach(box -> box.clock.standStill(step));
        }
        truth.advance(Duration.ZERO);
        for (Box box : boxes) {
            if (box.isAwake()) {
                box.clock.advance(Duration.ZERO);
            }
        }
    }

    private boolean isAnythingDue() {
        return untilNext(Duration.ofSeconds(1)).isZero();
    }

    private Duration untilNext(Duration most) {
        Duration least = earlier(truth, most);
        for (Box box : boxes) {
            least = box.isAwake() ? earlier(box.clock, least) : least;
        }
        return least.isNegative() ? Duration.ZERO : least;
    }

    private static Duration earlier(Timeline line, Duration most) {
        return line.nextTimer().filter(next -> next.compareTo(most) < 0).orElse(most);
    }
}
