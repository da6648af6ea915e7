// SPDX-License-Identifier: Apache-2.0
package dev.vigil.fleet;

import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;

/** Nothing goes wrong, and everything takes as long as it does on an ordinary day. */
class Calm implements Fates {
    private final SplittableRandom chance;

    Calm(SplittableRandom chance) {
        this.chance = chance;
    }

    @Override
    public Posted post(Box box, String issuer) {
        return new Posted(End.ANSWERED, latency(), latency(), latency());
    }

    @Override
    public Asked ask(Box box) {
        return new Asked(true, latency(), latency(), true);
    }

    @Override
    public boolean refuses(String step) {
        return false;
    }

    @Override
    public void step(Box box, String step) {}

    @Override
    public Optional<Duration> instant(Box box) {
        return Optional.of(latency());
    }

    @Override
    public boolean isGone() {
        return false;
    }

    final Duration latency() {
        return between(Duration.ofMillis(10), Duration.ofMillis(120));
    }

    final Duration between(Duration least, Duration most) {
        return Duration.ofMillis(chance.nextLong(least.toMillis(), most.toMillis() + 1));
    }

    final boolean oneIn(int times) {
        return chance.nextInt(times) == 0;
    }

    final int below(int bound) {
        return chance.nextInt(bound);
    }
}
