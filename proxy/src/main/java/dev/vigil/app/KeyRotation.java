// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.TaskLoop;
import dev.vigil.auth.TimeSource;
import dev.vigil.auth.VaultException;
import dev.vigil.sync.SharedKeys;
import dev.vigil.sync.StoreException;
import dev.vigil.vault.KeyRing;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Rotates the keys when they are older than the config allows ({@code keys: { rotateEvery: 90d }}): the ring of this machine,
 * and the one that machines share. Looks once an hour, on {@code key-rotation}. Old keys stay readable; only a person retires
 * them.
 *
 * <p>Machines do not all begin at once: each waits for a part of a tenth of the period longer, which follows from its name.
 * Should two meet, the bucket's compare-and-swap lets one win, and the other finds a young key.
 */
final class KeyRotation implements AutoCloseable {
    private static final Duration PERIOD = Duration.ofHours(1);
    private static final int SPREAD = 10;
    private static final int STEPS = 1000;

    private final Supplier<KeysConfig> config;
    private final KeyRing own;
    private final Optional<SharedKeys> shared;
    private final String machine;
    private final TimeSource time;
    private final Told told;
    private final TaskLoop loop = TaskLoop.named("key-rotation");

    /** Hears what was done, or why not. */
    @FunctionalInterface
    interface Told {
        void event(String state, String detail);
    }

    /** @param shared empty where there is no bucket, or none that this machine may write to */
    KeyRotation(
            Supplier<KeysConfig> config,
            KeyRing own,
            Optional<SharedKeys> shared,
            String machine,
            TimeSource time,
            Told told) {
        this.config = config;
        this.own = own;
        this.shared = shared;
        this.machine = machine;
        this.time = time;
        this.told = told;
    }

    /** The daemon's. */
    static KeyRotation of(App.Parts parts, LiveConfig config, Optional<SyncLoop> sync, EventLog events) {
        return new KeyRotation(
                () -> config.get().keys(),
                parts.vault().keyRing(),
                sync.flatMap(SyncLoop::keys),
                MachineName.find(),
                parts.time(),
                events::daemon);
    }

    /** Begins to look. */
    void watch() {
        loop.execute(this::poll);
    }

    /** Rotates what is due, now. Blocks on disk and bucket. */
    void look() {
        config.get().rotateEvery().ifPresent(every -> {
            attempt(() -> rotateOwn(every));
            attempt(() -> shared.ifPresent(keys -> rotateShared(keys, every)));
        });
    }

    /**
     * Has a key served for long enough?
     *
     * @param machine what the spread follows from
     */
    static boolean isDue(Instant created, Duration every, String machine, Instant now) {
        Duration longest = every.dividedBy(SPREAD);
        Duration spread =
                longest.multipliedBy(Math.floorMod(machine.hashCode(), STEPS)).dividedBy(STEPS);
        return !now.isBefore(created.plus(every).plus(spread));
    }

    @Override
    public void close() {
        loop.close();
    }

    private void poll() {
        try {
            look();
        } finally {
            loop.schedule(PERIOD, this::poll);
        }
    }

    private void rotateOwn(Duration every) {
        boolean isDue = own.keys().stream().anyMatch(key -> key.primary() && isDue(key.created(), every));
        if (isDue) {
            KeyRing.Rotation done = own.rotate();
            told.event(
                    "keys_rotated",
                    "new primary key " + done.primary() + ", " + StatusText.counted(done.sealedAnew(), "file")
                            + " sealed again");
        }
    }

    private void rotateShared(SharedKeys keys, Duration every) {
        if (keys.held().filter(held -> isDue(held.created(), every)).isEmpty()) {
            return; // no request for a ring that is young
        }
        keys.rotateIf(held -> isDue(held.created(), every))
                .ifPresent(done -> told.event(
                        "keys_rotated",
                        "in the bucket: new primary key " + done.primary() + ", "
                                + StatusText.counted(done.sealedAnew(), "object") + " sealed again"));
    }

    private boolean isDue(Instant created, Duration every) {
        return isDue(created, every, machine, time.now().wall());
    }

    /** What fails is tried again in an hour. */
    private void attempt(Runnable work) {
        try {
            work.run();
        } catch (VaultException | StoreException | ConfigException e) {
            told.event("keys_not_rotated", e.getMessage() + ". Tried again in an hour");
        }
    }
}
