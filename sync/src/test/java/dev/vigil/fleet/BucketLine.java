// SPDX-License-Identifier: Apache-2.0
package dev.vigil.fleet;

import dev.vigil.auth.Timeline;
import dev.vigil.auth.Turns;
import dev.vigil.fleet.Fates.Asked;
import dev.vigil.sync.MemoryStore;
import dev.vigil.sync.ObjectStore;
import dev.vigil.sync.StoreException.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The bucket as one machine reaches it. A request takes simulated time and arrives in true time, whatever becomes of its
 * sender meanwhile: it may be lost on the way there, or its answer on the way back, or be acted upon after the sender has
 * given it up.
 */
final class BucketLine implements ObjectStore {
    /** As the S3 client's. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /** What takes longer is trouble. */
    private static final Duration ORDINARY = Duration.ofSeconds(1);

    private final Box box;
    private final ObjectStore bucket;
    private final Timeline truth;
    private final Fates fates;
    private final BucketMeter meter;
    private final Judge judge;

    BucketLine(Box box, ObjectStore bucket, Timeline truth, Fates fates, Judge judge) {
        this.box = box;
        this.bucket = bucket;
        this.truth = truth;
        this.fates = fates;
        this.meter = box.meter;
        this.judge = judge;
    }

    @Override
    public Optional<Stored> get(String key) {
        return meter.got(key, call("get " + kind(key), false, () -> bucket.get(key)));
    }

    @Override
    public Fetched getIfChanged(String key, Version known) {
        return meter.got(key, call("get " + kind(key), false, () -> bucket.getIfChanged(key, known)));
    }

    @Override
    public List<Entry> list(String prefix) {
        return meter.listed(call("list", false, () -> bucket.list(prefix)));
    }

    @Override
    public PutOutcome put(String key, byte[] content, Optional<Version> over) {
        meter.put(key, content);
        return call("put " + kind(key), true, () -> written(key, bucket.put(key, content, over)));
    }

    private PutOutcome written(String key, PutOutcome outcome) {
        if (outcome instanceof Written && key.startsWith("leases/")) {
            judge.leaseWritten(box);
        }
        return outcome;
    }

    @Override
    public void delete(String key) {
        throw new AssertionError("nothing of ours is ever deleted: " + key);
    }

    @Override
    public void close() {}

    private static String kind(String key) {
        return key.substring(0, key.indexOf('/'));
    }

    private <T> T call(String step, boolean writes, Supplier<T> work) {
        if (fates.refuses(step)) {
            throw MemoryStore.trouble(Kind.FORBIDDEN, false);
        }
        fates.step(box, "before " + step);
        Asked fate = fates.ask(box);
        if (box.isCutOff()) {
            Turns.pause(fate.before());
            throw failed(Kind.UNREACHABLE, false);
        }
        T done = Turns.isInstant() ? work.get() : overTheWire(fate, writes, work);
        fates.step(box, "after " + step);
        return done;
    }

    private <T> T overTheWire(Asked fate, boolean writes, Supplier<T> work) {
        Reply<T> reply = new Reply<>();
        if (fate.arrives()) {
            truth.schedule(fate.before(), () -> reply.take(work));
        }
        int sleeps = box.sleeps();
        Duration whole = fate.before().plus(fate.after());
        boolean isTimely = fate.arrives() && fate.answered() && whole.compareTo(PATIENCE) < 0;
        if (!isTimely || whole.compareTo(ORDINARY) > 0) {
            box.troubled();
        }
        Turns.pause(isTimely ? whole : PATIENCE);
        boolean isBroken = box.isCutOff() || box.sleeps() != sleeps && fates.isGone();
        if (!isTimely || isBroken) {
            throw failed(isBroken ? Kind.CUT : Kind.TIMED_OUT, writes);
        }
        if (whole.compareTo(ORDINARY) > 0) {
            box.troubled();
        }
        return reply.content.orElseThrow();
    }

    private RuntimeException failed(Kind kind, boolean mayHaveBeenApplied) {
        box.troubled();
        return MemoryStore.trouble(kind, mayHaveBeenApplied);
    }

    private static final class Reply<T> {
        private Optional<T> content = Optional.empty();

        void take(Supplier<T> work) {
            content = Optional.of(work.get());
        }
    }
}
