// SPDX-License-Identifier: Apache-2.0
package dev.vigil.fleet;

import dev.vigil.auth.AuthEvents;
import dev.vigil.auth.Authorization;
import dev.vigil.auth.Authorization.NeedsLogin;
import dev.vigil.auth.Connector;
import dev.vigil.auth.Grant;
import dev.vigil.auth.MemoryBeats;
import dev.vigil.auth.RefreshReport;
import dev.vigil.auth.Refresher;
import dev.vigil.auth.SaveTrouble;
import dev.vigil.auth.SimulatedDaemon;
import dev.vigil.auth.SimulatedIssuer;
import dev.vigil.auth.TaskLoop;
import dev.vigil.auth.TokenVault;
import dev.vigil.auth.Turns;
import dev.vigil.auth.VaultException;
import dev.vigil.sync.Sharing;
import dev.vigil.sync.StoreException;
import dev.vigil.sync.SyncRound;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** One run of the daemon: the real stack with its part in the bucket, and rounds in the daemon's rhythm. */
final class Daemon {
    private static final int REFRESHES_AT_ONCE = 8;
    private static final double SPREAD = 0.1;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    final Sharing sharing;
    final SimulatedDaemon daemon;

    private final Box box;
    private final Fleet fleet;
    private final Turns refreshIo;
    private final Turns syncIo;
    private final Turns commands;
    private final TokenVault vault;
    private final List<Connector> connectors;
    private final SplittableRandom random;
    private final MemoryBeats beats = new MemoryBeats();
    /** As a command has it. */
    private Optional<Refresher> byHand = Optional.empty();

    private TaskLoop.Timer next = () -> {};

    Daemon(Box box, Fleet fleet) {
        this.box = box;
        this.fleet = fleet;
        this.random = fleet.chance.split();
        this.connectors = fleet.connectors();
        this.vault = box.disk.new View(box.clock);
        refreshIo = new Turns(box.clock, REFRESHES_AT_ONCE, Optional::empty);
        syncIo = new Turns(box.clock, 1, () -> box.isBusy() ? Optional.empty() : fleet.fates.instant(box));
        commands = new Turns(box.clock, 1, Optional::empty);
        BucketLine line = new BucketLine(box, fleet.bucket, fleet.truth, fleet.fates, fleet.judge);
        sharing = new Sharing(
                fleet.parts.bucket(box, line),
                fleet.seal,
                vault,
                box.book,
                box::turn,
                new Sharing.Settings(box.self, true, false),
                beats,
                fleet.parts.time(box.clock),
                step -> fleet.judge.step(box, step));
        daemon = new SimulatedDaemon(
                new SimulatedDaemon.Outside(
                        box.clock,
                        box.name,
                        vault,
                        box.disk.issuers(),
                        new TokenWire(box, fleet.issuers, fleet.truth, fleet.fates, fleet.judge),
                        refreshIo,
                        new Listening(),
                        random::nextDouble,
                        sharing,
                        this::refresher),
                connectors);
        syncNow();
    }

    private Refresher refresher(Refresher alone) {
        byHand = Optional.of(alone);
        return fleet.parts.refresher(sharing, alone);
    }

    void die() {
        daemon.die();
        List.of(refreshIo, syncIo, commands).forEach(Turns::killAll);
    }

    Authorization look(String connector) {
        return daemon.keeper().look(connector);
    }

    /** One round, as soon as the one under way is done. */
    private void syncNow() {
        syncIo.execute(this::round);
    }

    private void round() {
        next.cancel();
        try {
            Optional<SyncRound> before = sharing.last();
            SyncRound round = sharing.round(connectors);
            boolean isNews =
                    round.isNotable() || !before.map(SyncRound::outcome).equals(Optional.of(round.outcome()));
            if (isNews) {
                daemon.keeper().reread();
                if (round.isRecoveryAfter(before)) {
                    daemon.keeper().storeAnswers();
                }
            }
        } finally {
            double factor = 1 + SPREAD * (2 * random.nextDouble() - 1);
            Duration pause = Duration.ofMillis(Math.round(Fleet.EVERY.toMillis() * factor));
            next = daemon.loop().schedule(pause, this::syncNow);
        }
    }

    /** A person logs in here; the machine needs its network for it, not the bucket. */
    void login(String connector) {
        command(() -> {
            long elsewhere = sharing.highestEpoch(connector);
            if (box.isOffline()) {
                return;
            }
            SimulatedIssuer issuer = fleet.issuerOf(connector);
            try (TokenVault.Claim claim = vault.claim(connector, PATIENCE)) {
                Optional<Grant> before = vault.load(connector);
                Grant fresh = issuer.login(
                        connector,
                        fleet.lifetime(connector),
                        before,
                        box.clock.now().wall());
                long known = Math.max(before.map(Grant::epoch).orElse(0L), elsewhere);
                Grant counted = fresh.inEpoch(known + 1);
                vault.save(counted);
                fleet.judge.loggedIn(box, counted);
                vault.clearIntent(connector);
            }
            daemon.keeper().reread();
            syncNow();
        });
    }

    void logout(String connector) {
        command(() -> {
            try (TokenVault.Claim turn = sharing.turn(connector);
                    TokenVault.Claim claim = vault.claim(connector, PATIENCE)) {
                Optional<Grant> grant = vault.load(connector);
                if (grant.isEmpty()) {
                    return;
                }
                sharing.loggedOut(connector, grant);
                fleet.judge.loggedOut(box, grant.get());
                vault.delete(connector);
                vault.clearIntent(connector);
            }
            daemon.keeper().reread();
            syncNow();
        });
    }

    /** A person has waited long enough for another machine. */
    void takeOver(String connector) {
        command(() -> {
            Grant held = vault.load(connector).orElseThrow();
            fleet.judge.takingOver(box, held);
            sharing.takeOver(byHand.orElseThrow(), held);
            daemon.keeper().reread();
        });
    }

    /** A person decides where two logged in at once. */
    void resolve(String connector, boolean keepOurs) {
        command(() -> {
            fleet.judge.resolving(box, connector);
            if (keepOurs) {
                sharing.twoLogins().keepOurs(connector);
            } else {
                sharing.twoLogins().keepTheirs(connector);
            }
            daemon.keeper().reread();
            syncNow();
        });
    }

    /** Who types one sees when it fails. */
    private void command(Runnable work) {
        commands.execute(() -> {
            try {
                work.run();
            } catch (StoreException | VaultException e) {
                fleet.judge.note(box, "*", "a command fails: " + e.getMessage());
            }
        });
    }

    private final class Listening implements AuthEvents {
        @Override
        public void tended(String connector) {
            beats.completed(connector, box.clock.now().wall());
        }

        @Override
        public void refreshed(RefreshReport report) {
            fleet.judge.note(
                    box,
                    report.connector(),
                    report.trigger().word() + " " + report.outcome() + " "
                            + report.reason().orElse("") + ", next " + report.nextTry());
        }

        @Override
        public void authorizationChanged(String connector, Authorization before, Authorization after) {
            if (after instanceof NeedsLogin needs) {
                fleet.judge.gaveUp(box, needs.last(), needs.reason());
            } else {
                fleet.judge.note(box, connector, before.word() + " -> " + after.word());
            }
        }

        @Override
        public void saveFailed(SaveTrouble trouble) {
            fleet.judge.told(box, trouble.connector(), "save failed, " + trouble.reason());
        }

        @Override
        public void answerLost(String connector, String reason, Optional<Instant> deadline) {
            fleet.judge.told(box, connector, "answer lost, " + reason + ", good until " + deadline);
        }
    }
}
