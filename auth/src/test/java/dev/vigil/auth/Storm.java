// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import dev.vigil.auth.SimulatedIssuer.Family;
import dev.vigil.auth.SimulatedWire.End;
import dev.vigil.auth.SimulatedWire.Fate;
import dev.vigil.auth.Weather.Sky;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * All that goes wrong in a simulated world, and the people in it. What happens when follows from the seed alone, so that a
 * failing seed fails again.
 */
final class Storm implements SimulatedWire.Fates, SimulatedDisk.Steps {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final List<Sky> OUTAGES = List.of(Sky.UNAVAILABLE, Sky.PAGE, Sky.RESET, Sky.LOSING, Sky.SLOW);
    private static final List<String> DEATHS = List.of(
            "before intent",
            "after intent",
            "before acting",
            "after acting",
            "before save",
            "after save",
            "before clear",
            "after clear");

    private final SimulatedWorld world;
    private final SplittableRandom plan;
    private final SplittableRandom fates;
    private final SplittableRandom people;
    /** The step at which the daemon dies next, whichever connector takes it. */
    private Optional<String> death = Optional.empty();
    /** Is the disk to fill up while an answer is on its way? */
    private boolean fillsUnderway;

    /** When a client was last not known. */
    private final Map<String, Duration> unknown = new HashMap<>();

    private Duration lastSleep = Duration.ZERO;
    private Duration clockOff = Duration.ZERO;

    Storm(SimulatedWorld world, SplittableRandom chance) {
        this.world = world;
        plan = chance.split();
        fates = chance.split();
        people = chance.split();
    }

    /** Sets the storm and the people going. */
    void begin() {
        world.issuers.forEach(issuer -> every(() -> Duration.ofHours(30), () -> outage(issuer)));
        every(() -> DAY.multipliedBy(3), this::networkFails);
        every(() -> DAY.multipliedBy(2), this::diskFills);
        every(() -> DAY.multipliedBy(2), () -> fillsUnderway = true);
        every(() -> DAY, this::clockLeaps);
        every(() -> DAY.multipliedBy(2), this::sleeps);
        every(() -> Duration.ofHours(8), this::deathLurks);
        every(() -> DAY.multipliedBy(2), () -> dies("at no special moment"));
        every(() -> DAY.multipliedBy(10), this::personRevokes);
        world.issuerOf.keySet().forEach(connector -> every(this::untilNextCall, () -> calls(connector)));
        every(() -> HOUR, this::personLooks);
    }

    private void every(Supplier<Duration> mean, Runnable what) {
        SplittableRandom own = plan.split();
        again(own, mean, what);
    }

    private void again(SplittableRandom own, Supplier<Duration> mean, Runnable what) {
        double factor = -StrictMath.log(1 - own.nextDouble());
        Duration wait = Duration.ofMillis((long) (mean.get().toMillis() * factor));
        world.machine.schedule(wait, () -> {
            what.run();
            again(own, mean, what);
        });
    }

    private void outage(SimulatedIssuer issuer) {
        if (world.weather.over(issuer.name) != Sky.FINE) {
            return;
        }
        Sky sky = OUTAGES.get(plan.nextInt(OUTAGES.size()));
        Duration length =
                sky == Sky.LOSING ? between(plan, Duration.ofMinutes(1), Duration.ofMinutes(4)) : outageLength();
        world.weather.turns(issuer.name, sky);
        world.judge.note("*", issuer.name + " is " + sky + " for " + length);
        world.machine.schedule(length, () -> world.weather.turns(issuer.name, Sky.FINE));
    }

    /** Most are short, some last half a day's work. */
    private Duration outageLength() {
        double exponent = plan.nextDouble() * StrictMath.log(240);
        return Duration.ofMillis((long) (60_000 * StrictMath.exp(exponent)));
    }

    private void networkFails() {
        Duration length = between(plan, Duration.ofSeconds(10), HOUR);
        world.judge.note("*", "network down for " + length);
        world.weather.networkDown(true);
        world.machine.schedule(length, () -> world.weather.networkDown(false));
    }

    private void diskFills() {
        Duration length = between(plan, Duration.ofMinutes(5), HOUR.multipliedBy(2));
        world.judge.note("*", "disk full for " + length);
        world.weather.diskFull(true);
        world.machine.schedule(length, () -> world.weather.diskFull(false));
    }

    /** Never further than twenty minutes from the truth. */
    private void clockLeaps() {
        Duration ten = Duration.ofMinutes(10);
        boolean back = clockOff.compareTo(ten) > 0 || clockOff.compareTo(ten.negated()) >= 0 && plan.nextBoolean();
        Duration by = back ? ten.negated() : ten;
        clockOff = clockOff.plus(by);
        world.leap(by);
    }

    private void sleeps() {
        world.sleep(HOUR.multipliedBy(8));
        lastSleep = world.machine.now().monotonic();
        if (plan.nextInt(3) == 0) { // the network takes a moment to come up
            world.weather.networkDown(true);
            world.machine.schedule(Duration.ofSeconds(3), () -> world.weather.networkDown(false));
        }
    }

    private void deathLurks() {
        death = Optional.of(DEATHS.get(plan.nextInt(DEATHS.size())));
    }

    private void dies(String when) {
        if (world.isUp()) {
            world.crash(when);
            Duration down = between(plan, Duration.ofSeconds(1), Duration.ofMinutes(plan.nextInt(4) == 0 ? 90 : 1));
            world.machine.schedule(down, world::start);
        }
    }

    @Override
    public void step(String step) {
        if (death.equals(Optional.of(step))) {
            death = Optional.empty();
            dies(step);
            throw new Turns.Killed();
        }
    }

    private void personRevokes() {
        List<String> all = List.copyOf(world.issuerOf.keySet());
        world.revoke(all.get(people.nextInt(all.size())));
    }

    /** Once an hour in the daytime, somebody logs in wherever that is asked for. */
    private void personLooks() {
        if (isDay()) {
            world.issuerOf.keySet().stream().filter(world::needsLogin).forEach(world::login);
        }
    }

    private Duration untilNextCall() {
        return isDay() ? Duration.ofMinutes(6) : HOUR;
    }

    private void calls(String connector) {
        int together = people.nextInt(30) == 0 ? 16 : 1;
        for (int i = 0; i < together; i++) {
            world.call(connector);
        }
    }

    private boolean isDay() {
        int hour = world.truth().atOffset(ZoneOffset.UTC).getHour();
        return hour >= 8 && hour < 20;
    }

    /** How long the next refresh takes, if all of it goes quickly: most do, while no server is slow. */
    Optional<Duration> instant() {
        boolean isSlow = world.issuers.stream().anyMatch(issuer -> world.weather.over(issuer.name) == Sky.SLOW);
        return isSlow || fates.nextInt(25) == 0 ? Optional.empty() : Optional.of(latency());
    }

    @Override
    public Fate of(SimulatedIssuer issuer, Family family, int number) {
        Duration at = world.machine.now().monotonic();
        world.judge.sending(issuer, family, number, world.process(), at);
        Sky sky = world.weather.over(issuer.name);
        End end = world.weather.isNetworkDown() ? End.NOT_CONNECTED : once(end(sky), family, at);
        boolean isSlow = sky == Sky.SLOW || !Turns.isInstant() && fates.nextInt(8) == 0;
        Duration before = isSlow ? between(fates, Duration.ofSeconds(5), Duration.ofSeconds(35)) : latency();
        Duration after =
                isSlow && fates.nextBoolean() ? between(fates, Duration.ZERO, Duration.ofSeconds(20)) : latency();
        if (end != End.ANSWERED || isSlow) {
            world.judge.note(family.connector, "will be " + end + " after " + before + " and " + after);
            world.weather.oneFault(issuer.name, family.connector);
            // What matters is when it ends.
            world.machine.schedule(before.plus(after), () -> world.weather.oneFault(issuer.name, family.connector));
        }
        return new Fate(end, before, after);
    }

    private End end(Sky sky) {
        return switch (sky) {
            case UNAVAILABLE -> End.UNAVAILABLE;
            case PAGE -> End.PAGE;
            case RESET -> End.RESET;
            case LOSING -> End.LOST;
            case FINE, SLOW -> oneInMany();
        };
    }

    /** A server that has just said that it does not know a client knows it when it is asked again. */
    private End once(End end, Family family, Duration at) {
        if (end != End.CLIENT_UNKNOWN) {
            return end;
        }
        Duration last = unknown.getOrDefault(family.connector, Duration.ZERO);
        unknown.put(family.connector, at);
        return at.minus(last).compareTo(HOUR) < 0 ? End.ANSWERED : end;
    }

    private End oneInMany() {
        return switch (fates.nextInt(2000)) {
            case 0, 1, 2, 3, 4, 5, 6, 7 -> End.UNAVAILABLE;
            case 8, 9, 10, 11, 12, 13, 14, 15 -> End.PAGE;
            case 16, 17, 18, 19 -> End.RESET;
            case 20, 21, 22, 23 -> End.CLIENT_UNKNOWN;
            case 24 -> End.LOST;
            case 25 -> End.CUT;
            default -> End.ANSWERED;
        };
    }

    private Duration latency() {
        return between(fates, Duration.ofMillis(15), Duration.ofMillis(200));
    }

    private static Duration between(SplittableRandom chance, Duration least, Duration most) {
        return Duration.ofMillis(chance.nextLong(least.toMillis(), most.toMillis() + 1));
    }

    @Override
    public boolean isOffline() {
        return world.weather.isNetworkDown();
    }

    /** Half of what was open when the machine went to sleep is gone when it wakes. */
    @Override
    public boolean isGone(Duration then) {
        return lastSleep.compareTo(then) >= 0 && fates.nextBoolean();
    }

    @Override
    public void acted(SimulatedIssuer issuer, Family family, int number, Instant oldAccessEnd) {
        world.judge.acted(issuer, family, number, oldAccessEnd);
        if (fillsUnderway) {
            fillsUnderway = false;
            diskFills();
        }
    }

    @Override
    public void endedUnseen(SimulatedIssuer issuer, Family family, int number) {
        world.judge.endedUnseen(issuer, family, number);
    }

    @Override
    public void unanswered(Family family) {
        if (world.isUp()) {
            world.judge.noticeable(family);
        }
    }

    @Override
    public void before(String step, String connector) {
        step("before " + step);
        if (world.weather.isDiskFull()) {
            throw SimulatedDisk.full(connector);
        }
    }

    @Override
    public void after(String step, String connector) {
        if (step.equals("save")) {
            world.saved(connector);
        }
        step("after " + step);
    }
}
