// SPDX-License-Identifier: Apache-2.0
package dev.vigil.fleet;

import dev.vigil.auth.Authorization.Live;
import dev.vigil.auth.Authorization.NeedsLogin;
import dev.vigil.auth.Grant;
import dev.vigil.auth.SimulatedIssuer;
import dev.vigil.auth.Turns;
import dev.vigil.fleet.Box.Sleep;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * All that goes wrong around machines that share a bucket, and the people at them. What happens when follows from the seed
 * alone, so that a failing seed fails again.
 */
final class Storm extends Calm {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration SECOND = Duration.ofSeconds(1);
    /** Where a blow may fall, each as often as the others, for what matters most takes least time. */
    private static final List<String> STEPS = List.of(
            "before get leases",
            "after get leases",
            "before put leases",
            "after put leases",
            "before get grants",
            "after get grants",
            "before put grants",
            "after put grants",
            "before intent",
            "after intent",
            "connected",
            "sent",
            "before save",
            "after save",
            "before clear",
            "after clear",
            "before list",
            "after list");

    private enum Blow {
        DEATH,
        SLEEP,
        CUT
    }

    private enum Sky {
        FINE,
        UNAVAILABLE,
        RESET,
        LOSING,
        SLOW
    }

    /** What will strike a machine when it comes to that step for the n-th time. */
    private record Lurking(Blow blow, String step, int after) {}

    private final Fleet fleet;
    private final SplittableRandom plan;
    private final boolean clocksAgree;
    private final Map<Box, Lurking> lurking = new HashMap<>();
    private final Map<String, Sky> skies = new HashMap<>();
    private boolean over;

    /** @param clocksAgree does nobody's wall clock go wrong? */
    Storm(Fleet fleet, SplittableRandom chance, boolean clocksAgree) {
        super(chance.split());
        this.fleet = fleet;
        this.plan = chance.split();
        this.clocksAgree = clocksAgree;
    }

    /** Sets the storm and the people going. */
    void begin() {
        for (Box box : fleet.boxes) {
            every(Duration.ofMinutes(35), () -> lurks(box));
            every(HOUR.multipliedBy(3), () -> strikes(box, anyBlow(), "at no special moment"));
            if (!clocksAgree) {
                every(HOUR.multipliedBy(3), () -> box.leap(clockOff()));
            }
            fleet.names().forEach(connector -> every(Duration.ofMinutes(12), () -> fleet.call(box, connector)));
        }
        fleet.issuers.forEach(issuer -> every(HOUR.multipliedBy(8), () -> clouds(issuer)));
        every(HOUR.multipliedBy(5), this::bucketFails);
        fleet.names().forEach(connector -> {
            every(HOUR.multipliedBy(6), () -> anyBox().process().ifPresent(one -> one.login(connector)));
            every(HOUR.multipliedBy(9), () -> anyBox().process().ifPresent(one -> one.logout(connector)));
            every(HOUR.multipliedBy(18), () -> fleet.issuerOf(connector).revoke(connector));
        });
        every(Duration.ofMinutes(8), this::personLooks);
    }

    /** From now on nothing goes wrong any more; what is broken is mended. */
    void ends() {
        over = true;
        lurking.clear();
        skies.clear();
        fleet.judge.note("*", "*", "the storm is over");
        fleet.boxes.forEach(Box::mended);
    }

    private void every(Duration mean, Runnable what) {
        again(plan.split(), mean, what);
    }

    private void again(SplittableRandom own, Duration mean, Runnable what) {
        double factor = -StrictMath.log(1 - own.nextDouble());
        fleet.truth.schedule(Duration.ofMillis((long) (mean.toMillis() * factor)), () -> {
            if (!over) {
                what.run();
                again(own, mean, what);
            }
        });
    }

    private Box anyBox() {
        return fleet.boxes.get(plan.nextInt(fleet.boxes.size()));
    }

    private Blow anyBlow() {
        return Blow.values()[plan.nextInt(Blow.values().length)];
    }

    private void lurks(Box box) {
        lurking.put(box, new Lurking(anyBlow(), STEPS.get(plan.nextInt(STEPS.size())), plan.nextInt(3)));
    }

    @Override
    public void step(Box box, String step) {
        Lurking one = lurking.get(box);
        if (one == null || !one.step.equals(step)) {
            return;
        }
        if (one.after > 0) {
            lurking.put(box, new Lurking(one.blow, step, one.after - 1));
            return;
        }
        lurking.remove(box);
        strikes(box, one.blow, step);
        if (one.blow == Blow.DEATH) {
            throw new Turns.Killed();
        }
        Turns.pause(Duration.ofMillis(1)); // until it wakes
    }

    private void strikes(Box box, Blow blow, String when) {
        switch (blow) {
            case DEATH -> {
                box.crash(when);
                Duration down = length(SECOND, plan.nextInt(4) == 0 ? HOUR.multipliedBy(2) : Duration.ofMinutes(2));
                fleet.truth.schedule(down, () -> comesUp(box));
            }
            case SLEEP ->
                box.sleep(
                        length(Duration.ofSeconds(5), plan.nextInt(3) == 0 ? HOUR.multipliedBy(3) : HOUR.dividedBy(12)),
                        plan.nextInt(3) == 0 ? Sleep.STOPPED : Sleep.SUSPENDED,
                        when);
            case CUT -> box.cutOff(length(SECOND, HOUR), plan.nextBoolean(), when);
        }
    }

    private void comesUp(Box box) {
        box.start();
        if (box.process().isEmpty()) {
            fleet.truth.schedule(Duration.ofSeconds(20), () -> comesUp(box)); // it is asleep
        }
    }

    /** Most are short. */
    private Duration length(Duration least, Duration most) {
        double exponent = plan.nextDouble() * StrictMath.log((double) most.toMillis() / least.toMillis());
        return Duration.ofMillis((long) (least.toMillis() * StrictMath.exp(exponent)));
    }

    /** Minutes or hours. */
    private Duration clockOff() {
        Duration by = length(Duration.ofMinutes(2), HOUR.multipliedBy(2));
        return plan.nextBoolean() ? by : by.negated();
    }

    private void bucketFails() {
        Duration length = length(SECOND, HOUR);
        fleet.boxes.forEach(box -> box.cutOff(length, false, "the bucket is down"));
    }

    private void clouds(SimulatedIssuer issuer) {
        Sky sky = Sky.values()[1 + plan.nextInt(Sky.values().length - 1)];
        Duration most = sky == Sky.LOSING ? Duration.ofMinutes(4) : HOUR;
        skies.put(issuer.name, sky);
        fleet.judge.note("*", "*", issuer.name + " is " + sky);
        fleet.judge.issuerTroubled(issuer.name);
        fleet.truth.schedule(length(Duration.ofSeconds(30), most), () -> {
            skies.put(issuer.name, Sky.FINE);
            fleet.judge.issuerTroubled(issuer.name);
        });
    }

    /** Somebody logs in wherever that is asked for, and decides where two have. */
    private void personLooks() {
        Box box = anyBox();
        if (box.process().isEmpty() || !box.isAwake()) {
            return;
        }
        Daemon process = box.process().get();
        for (String connector : fleet.names()) {
            if (areTwo(connector)) {
                process.resolve(connector, plan.nextBoolean());
            } else if (process.look(connector) instanceof NeedsLogin) {
                process.login(connector);
            } else if (process.look(connector) instanceof Live live && live.isAnswerLost() && plan.nextInt(4) == 0) {
                process.takeOver(connector);
            }
        }
    }

    private boolean areTwo(String connector) {
        return fleet.boxes.stream()
                        .flatMap(box -> box.holds(connector).stream())
                        .map(Grant::loggedInAt)
                        .distinct()
                        .count()
                > 1;
    }

    /** People go on for a while when the storm is over. */
    void peopleTidyUp() {
        fleet.boxes.forEach(box -> fleet.names().stream()
                .filter(this::areTwo)
                .forEach(connector -> box.process().ifPresent(one -> one.resolve(connector, true))));
    }

    @Override
    public Posted post(Box box, String issuer) {
        Sky sky = skies.getOrDefault(issuer, Sky.FINE);
        boolean isSlow = !over && (sky == Sky.SLOW || oneIn(12));
        Duration before = isSlow ? between(SECOND, Duration.ofSeconds(35)) : latency();
        Duration after = isSlow && oneIn(2) ? between(SECOND, Duration.ofSeconds(20)) : latency();
        End end = switch (sky) {
            case UNAVAILABLE -> End.UNAVAILABLE;
            case RESET -> End.RESET;
            case LOSING -> End.LOST;
            case FINE, SLOW -> over ? End.ANSWERED : oneInMany();
        };
        return new Posted(end, latency(), before, after);
    }

    private End oneInMany() {
        return switch (below(400)) {
            case 0, 1, 2, 3 -> End.UNAVAILABLE;
            case 4, 5 -> End.RESET;
            case 6, 7 -> End.LOST;
            case 8, 9 -> End.NOT_CONNECTED;
            default -> End.ANSWERED;
        };
    }

    @Override
    public Asked ask(Box box) {
        if (over) {
            return super.ask(box);
        }
        boolean isSlow = oneIn(40);
        Duration before = isSlow ? between(SECOND, Duration.ofSeconds(25)) : latency();
        return new Asked(!oneIn(100), before, latency(), !oneIn(100));
    }

    /** What machines tell of themselves decides nothing, and to seal it is what would cost most real time here. */
    @Override
    public boolean refuses(String step) {
        return step.equals("get machines") && !oneIn(50);
    }

    /** Most rounds are quick; some are not, so that something can happen between their requests. */
    @Override
    public Optional<Duration> instant(Box box) {
        return !over && (lurking.containsKey(box) || oneIn(10)) ? Optional.empty() : Optional.of(latency());
    }

    @Override
    public boolean isGone() {
        return oneIn(2);
    }
}
