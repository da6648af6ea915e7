// SPDX-License-Identifier: Apache-2.0
package dev.vigil.fleet;

import dev.vigil.auth.Authorization.Live;
import dev.vigil.auth.Grant;
import dev.vigil.auth.SimulatedDisk;
import dev.vigil.auth.Timeline;
import dev.vigil.auth.TokenVault;
import dev.vigil.auth.Turns;
import dev.vigil.auth.VaultException;
import dev.vigil.sync.Machine;
import dev.vigil.sync.SharingBook;
import dev.vigil.vault.MemoryFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * One machine: clocks of its own, a disk that outlives its processes, a way to the bucket and one to everybody else. While it
 * sleeps nothing of it runs, and what it has sent travels on.
 */
final class Box implements SimulatedDisk.Steps {
    /** How a machine comes to stand still. */
    enum Sleep {
        /** Its monotonic clock stands still with it. */
        SUSPENDED,
        /** Its process alone was stopped. */
        STOPPED
    }

    final String name;
    final Machine self;
    final Timeline clock;
    final SimulatedDisk disk = new SimulatedDisk(this);
    final SharingBook book = new SharingBook(Path.of("/shared"), new MemoryFiles());
    final BucketMeter meter = new BucketMeter();

    private final Fleet fleet;
    private final Set<String> turns = new HashSet<>();
    private Optional<Daemon> process = Optional.empty();
    private int processes;
    private int sleeps;
    private boolean asleep;
    private Runnable waking = () -> {};
    /** Until when, in true time. */
    private Duration withoutNetwork = Duration.ZERO;

    private Duration withoutBucket = Duration.ZERO;
    /** When something last kept it from doing its part, in true time. */
    private Duration troubled = Duration.ZERO;

    /** @param clockOff how far its wall clock is from the truth */
    Box(Fleet fleet, String name, Duration clockOff) {
        this.fleet = fleet;
        this.name = name;
        this.self = new Machine("id-of-" + name, name);
        this.clock = new Timeline(Fleet.START.plus(clockOff));
    }

    @Override
    public String toString() {
        return name;
    }

    boolean isAwake() {
        return !asleep;
    }

    /** How often it has slept. */
    int sleeps() {
        return sleeps;
    }

    boolean isOffline() {
        return fleet.truth.now().monotonic().compareTo(withoutNetwork) < 0;
    }

    /** Can it not reach the bucket? */
    boolean isCutOff() {
        return isOffline() || fleet.truth.now().monotonic().compareTo(withoutBucket) < 0;
    }

    Optional<Daemon> process() {
        return process;
    }

    int processes() {
        return processes;
    }

    void troubled() {
        troubled = fleet.truth.now().monotonic();
    }

    /** For how long it has been up, awake and in touch, in true time; zero when it is not. */
    Duration wellFor() {
        boolean isWell = process.isPresent() && !asleep && !isCutOff();
        return isWell ? fleet.truth.now().monotonic().minus(troubled) : Duration.ZERO;
    }

    /** How far its wall clock is from the truth. */
    Duration clockOff() {
        return Duration.between(fleet.truth.now().wall(), clock.now().wall());
    }

    /** What its daemon has in use; empty where that is nothing. */
    Optional<Live> serves(String connector) {
        return process.map(one -> one.look(connector))
                .filter(Live.class::isInstance)
                .map(Live.class::cast);
    }

    /** What is on its disk. */
    Optional<Grant> holds(String connector) {
        return disk.grant(connector);
    }

    void start() {
        if (process.isEmpty() && !asleep) {
            processes++;
            fleet.judge.note(this, "*", "daemon starts");
            troubled();
            process = Optional.of(new Daemon(this, fleet));
        }
    }

    /** The process is killed; if one of its own jobs calls this, it must throw {@link Turns.Killed} next. */
    void crash(String when) {
        Optional<Daemon> dying = process;
        if (dying.isPresent()) {
            fleet.judge.note(this, "*", "daemon is killed, " + when);
            troubled();
            process = Optional.empty();
            dying.get().die();
            fleet.judge.died(this, processes);
        }
    }

    /** Nothing runs here for so long; if a job calls this, it must pause next. */
    void sleep(Duration length, Sleep how, String when) {
        if (asleep) {
            return;
        }
        fleet.judge.note(this, "*", how + " for " + length + ", " + when);
        asleep = true;
        sleeps++;
        Duration since = fleet.truth.now().monotonic();
        waking = () -> {
            Duration slept = fleet.truth.now().monotonic().minus(since);
            asleep = false;
            troubled();
            if (how == Sleep.SUSPENDED) {
                clock.leap(slept);
            } else {
                clock.standStill(slept);
            }
            fleet.judge.note(this, "*", "goes on");
        };
        Runnable wake = waking;
        fleet.truth.schedule(length, () -> {
            if (asleep && waking == wake) {
                wake.run();
            }
        });
    }

    void cutOff(Duration length, boolean wholeNetwork, String when) {
        fleet.judge.note(this, "*", (wholeNetwork ? "no network" : "no bucket") + " for " + length + ", " + when);
        Duration end = fleet.truth.now().monotonic().plus(length);
        withoutBucket = longer(withoutBucket, end);
        withoutNetwork = wholeNetwork ? longer(withoutNetwork, end) : withoutNetwork;
        fleet.truth.schedule(length, this::troubled);
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /** Whatever keeps it from doing its part is over. */
    void mended() {
        troubled();
        withoutBucket = Duration.ZERO;
        withoutNetwork = Duration.ZERO;
        if (asleep) {
            waking.run();
        }
        start();
    }

    void leap(Duration by) {
        fleet.judge.note(this, "*", "wall clock leaps " + by);
        clock.leap(by);
    }

    /** The turn of a process among those of this machine. */
    TokenVault.Claim turn(String connector, Duration patience) {
        Duration end = clock.now().monotonic().plus(patience);
        while (!turns.add(connector)) {
            if (Turns.isInstant() || clock.now().monotonic().compareTo(end) >= 0) {
                troubled(); // the round leaves it to the next
                throw new VaultException(VaultException.Kind.BUSY, Path.of(connector), "taken: " + connector);
            }
            Turns.pause(Duration.ofMillis(200));
        }
        return new Turn(connector);
    }

    /** Is a refresh at work? */
    boolean isBusy() {
        return !turns.isEmpty() || disk.isLocked();
    }

    @Override
    public void before(String step, String connector) {
        fleet.fates.step(this, "before " + step);
    }

    @Override
    public void after(String step, String connector) {
        if (step.equals("save")) {
            fleet.judge.saved(this, disk.grant(connector).orElseThrow());
        }
        if (step.equals("delete")) {
            fleet.judge.deleted(this, connector);
        }
        fleet.fates.step(this, "after " + step);
    }

    private final class Turn implements TokenVault.Claim {
        private final String connector;
        private boolean over;

        Turn(String connector) {
            this.connector = connector;
        }

        @Override
        public void close() {
            if (!over) {
                over = true;
                turns.remove(connector);
            }
        }
    }
}
