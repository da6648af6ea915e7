// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import dev.vigil.auth.Authorization.Live;
import dev.vigil.auth.Authorization.NeedsLogin;
import dev.vigil.auth.SimulatedIssuer.Family;
import dev.vigil.auth.SimulatedIssuer.Reuse;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * A machine with its daemon and disk, and four authorization servers that differ in what they think of spent refresh tokens.
 * All that happens here is told to the {@link Judge}.
 */
final class SimulatedWorld {
    private static final Instant START = Instant.parse("2026-11-21T08:00:00Z");
    private static final int REFRESHES_AT_ONCE = 8;

    final Timeline machine = new Timeline(START);
    final Judge judge;
    final Weather weather = new Weather(() -> machine.now().monotonic());
    final SimulatedDisk disk;
    final List<SimulatedIssuer> issuers;
    final Map<String, SimulatedIssuer> issuerOf = new LinkedHashMap<>();

    private final Duration origin = machine.now().monotonic();
    private final Storm storm;
    private final SimulatedWire wire;
    private final SplittableRandom chance;
    private Duration slept = Duration.ZERO;
    private int processes;
    private Optional<SimulatedDaemon> daemon = Optional.empty();
    private Turns refreshIo = newRefreshIo();
    private int callsUnderWay;

    SimulatedWorld(long seed) {
        chance = new SplittableRandom(seed);
        storm = new Storm(this, chance.split());
        judge = new Judge("seed " + seed, this::truth);
        issuers = Arrays.stream(Reuse.values())
                .map(reuse -> new SimulatedIssuer(reuse.name().toLowerCase(java.util.Locale.ROOT), reuse, this::truth))
                .toList();
        disk = new SimulatedDisk(storm);
        wire = new SimulatedWire(machine, issuers, storm);
    }

    /** What time it really is, whatever the machine's clock says and however long it slept. */
    Instant truth() {
        return START.plus(machine.now().monotonic()).minus(origin).plus(slept);
    }

    Duration age() {
        return Duration.between(START, truth());
    }

    /** A new connector, with a login. */
    void add(String connector, SimulatedIssuer issuer, Duration lifetime) {
        issuerOf.put(connector, issuer);
        disk.store(issuer.login(
                connector, lifetime, Optional.empty(), machine.now().wall()));
    }

    /** Eight hours pass, and only the wall clock notices. */
    void sleep(Duration duration) {
        judge.note("*", "sleeps " + duration);
        machine.leap(duration);
        slept = slept.plus(duration);
    }

    void leap(Duration by) {
        judge.note("*", "wall clock leaps " + by);
        machine.leap(by);
    }

    boolean isUp() {
        return daemon.isPresent();
    }

    int process() {
        return processes;
    }

    void start() {
        if (isUp()) {
            return;
        }
        processes++;
        judge.note("*", "daemon starts");
        families().forEach(judge::restarted);
        issuerOf.forEach(this::excuseWhatMayBeUnderWay);
        List<Connector> connectors = issuerOf.keySet().stream()
                .map(name -> Connector.oauth(name, Grants.SERVER))
                .toList();
        SplittableRandom backoff = chance.split();
        daemon = Optional.of(new SimulatedDaemon(
                new SimulatedDaemon.Outside(
                        machine,
                        "laptop",
                        disk.new View(machine),
                        disk.issuers(),
                        wire,
                        refreshIo,
                        new Listening(),
                        backoff::nextDouble,
                        Elsewhere.NOWHERE,
                        alone -> alone),
                connectors));
    }

    /** What a dead process sent may still be at work; for so long nothing is sent again. */
    private void excuseWhatMayBeUnderWay(String connector, SimulatedIssuer issuer) {
        if (disk.hasIntent(connector)) {
            weather.oneFault(issuer.name, connector);
            machine.schedule(LostAnswers.ORPHAN_SETTLED, () -> weather.oneFault(issuer.name, connector));
        }
    }

    /** The process is killed; if one of its own jobs calls this, it must throw {@link Turns.Killed} next. */
    void crash(String when) {
        judge.note("*", "daemon is killed, " + when);
        daemon.ifPresent(SimulatedDaemon::die);
        daemon = Optional.empty();
        callsUnderWay = 0; // the clients saw their connections break
        Turns dying = refreshIo;
        refreshIo = newRefreshIo();
        dying.killAll();
    }

    Turns refreshIo() {
        return refreshIo;
    }

    private Turns newRefreshIo() {
        return new Turns(machine, REFRESHES_AT_ONCE, () -> disk.isLocked() ? Optional.empty() : storm.instant());
    }

    /** A client calls a tool. */
    void call(String connector) {
        if (daemon.isEmpty() || weather.isNetworkDown()) {
            return;
        }
        callsUnderWay++;
        SimulatedIssuer issuer = issuerOf(connector);
        new SimulatedCall(daemon.get(), machine, connector, issuer::accepts, new SimulatedCall.Caller() {
                    @Override
                    public void served() {
                        callsUnderWay--;
                        judge.served();
                    }

                    @Override
                    public void skipped(String why) {
                        callsUnderWay--;
                        turnedAway(connector, why);
                    }
                })
                .begin();
    }

    private void turnedAway(String connector, String why) {
        judge.note(connector, "call skipped: " + why);
        boolean isGood = issuerOf(connector)
                .accepts(disk.grant(connector)
                        .orElseThrow()
                        .tokens()
                        .accessToken()
                        .reveal());
        boolean mayRefresh = holdsNewest(connector) && !needsLogin(connector); // a grant given up is judged elsewhere
        judge.skipped(connector, issuerOf(connector), weather, mayRefresh, isGood);
    }

    /** A grant has reached the disk. */
    void saved(String connector) {
        Grant saved = disk.grant(connector).orElseThrow();
        String token = saved.tokens().refreshToken().orElseThrow().reveal();
        if (saved.refusal().isEmpty()) {
            judge.saved(issuerOf(connector).familyOf(token), SimulatedIssuer.number(token));
        }
    }

    /** Sets the storm and the people going. */
    void begin() {
        start();
        storm.begin();
    }

    /** A person logs in again, unless that cannot be stored now. */
    void login(String connector) {
        if (weather.isDiskFull() || disk.isLocked(connector)) {
            return;
        }
        Optional<Grant> before = disk.grant(connector);
        Duration lifetime = family(connector).lifetime;
        disk.store(issuerOf(connector)
                .login(connector, lifetime, before, machine.now().wall()));
        judge.note(connector, "a person logs in");
        daemon.ifPresent(running -> running.keeper().reread());
    }

    /** A person ends the grant at the authorization server. */
    void revoke(String connector) {
        judge.note(connector, "revoked by a person");
        issuerOf(connector).revoke(connector);
    }

    boolean needsLogin(String connector) {
        return daemon.map(running -> running.keeper().look(connector) instanceof NeedsLogin)
                .orElse(false);
    }

    /** Puts the last questions. */
    void close() {
        judge.hung(callsUnderWay);
        for (String connector : issuerOf.keySet()) {
            boolean isLive = daemon.map(running -> running.keeper().look(connector) instanceof Live)
                    .orElse(false);
            judge.close(connector, family(connector), isLive, holdsNewest(connector));
        }
    }

    SimulatedIssuer issuerOf(String connector) {
        SimulatedIssuer issuer = issuerOf.get(connector);
        if (issuer == null) {
            throw new AssertionError("unknown connector " + connector);
        }
        return issuer;
    }

    Family family(String connector) {
        return issuerOf(connector).family(connector);
    }

    private List<Family> families() {
        return issuerOf.keySet().stream().map(this::family).collect(Collectors.toList());
    }

    /** Is the refresh token that counts on our disk, or at least in memory? */
    private boolean holdsNewest(String connector) {
        Optional<Grant> inMemory = daemon.map(running -> running.keeper().look(connector))
                .filter(Live.class::isInstance)
                .map(live -> ((Live) live).grant());
        return isNewest(disk.grant(connector), connector) || isNewest(inMemory, connector);
    }

    private boolean isNewest(Optional<Grant> grant, String connector) {
        Family family = family(connector);
        return grant.flatMap(held -> held.tokens().refreshToken())
                .map(Secret::reveal)
                .filter(token -> issuerOf(connector).familyOf(token) == family)
                .map(token -> SimulatedIssuer.number(token) == family.newest)
                .orElse(false);
    }

    private final class Listening implements AuthEvents {
        @Override
        public void refreshed(RefreshReport report) {
            judge.note(
                    report.connector(),
                    report.trigger().word() + " " + report.outcome() + " "
                            + report.reason().orElse("") + ", next " + report.nextTry());
        }

        @Override
        public void authorizationChanged(String connector, Authorization before, Authorization after) {
            if (after instanceof NeedsLogin needs && !(before instanceof Authorization.LoggedOut)) {
                judge.gaveUp(connector, family(connector), needs.reason());
            } else {
                judge.note(connector, before.word() + " -> " + after.word());
            }
        }

        @Override
        public void saveFailed(SaveTrouble trouble) {
            judge.told(trouble.connector(), family(trouble.connector()), "save failed, " + trouble.reason());
        }

        @Override
        public void answerLost(String connector, String reason, Optional<Instant> deadline) {
            judge.told(connector, family(connector), "answer lost, " + reason + ", good until " + deadline);
        }
    }
}
