// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.auth.Connector;
import dev.vigil.auth.DurableRefresher;
import dev.vigil.auth.FailureCategory;
import dev.vigil.auth.Grant;
import dev.vigil.auth.Grants;
import dev.vigil.auth.IssuerBook;
import dev.vigil.auth.MemoryVault;
import dev.vigil.auth.RefreshOutcome;
import dev.vigil.auth.RefreshPolicy;
import dev.vigil.auth.RefreshSettings;
import dev.vigil.auth.Refresher;
import dev.vigil.auth.Refusal;
import dev.vigil.auth.Timeline;
import dev.vigil.vault.Home;
import dev.vigil.vault.SafeFiles;
import dev.vigil.vault.SharedSeal;
import dev.vigil.vault.Vault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Machines that share a bucket, and one authorization server that rotates and ends the grant when it sees a token twice. */
final class SharedStage {
    static final Duration HOUR = Duration.ofHours(1);

    final MemoryStore store = new MemoryStore();
    final SharedVault bucket;
    final SharedKeys keys;
    private final SharedSeal seal;
    private final Path folder;
    private final List<Box> boxes = new ArrayList<>();
    /** Which generation's refresh token the server holds live; 0 when it has ended the grant. */
    private long live = 1;

    private int redeemed;

    SharedStage(Path folder) {
        this.folder = folder;
        seal = Vault.open(Home.below(folder), Optional.empty()).sharedSeal();
        this.keys = new SharedKeys(store, seal);
        this.bucket = new SharedVault(store, seal, keys);
    }

    int redeemed() {
        return redeemed;
    }

    /** What is refreshed next is about another login, of which the server knows nothing bad. */
    void isAnotherGrant() {
        live = 1;
    }

    boolean hasEnded() {
        return live == 0;
    }

    /** The bucket, by another way. */
    SharedVault seenThrough(ObjectStore way) {
        return new SharedVault(way, seal, keys);
    }

    /** Time passes for everybody. */
    void pass(Duration time) {
        boxes.forEach(box -> box.time.advance(time));
    }

    Box machine(String name) throws IOException {
        return machine(name, bucket);
    }

    /** @param own the bucket as this machine sees it */
    Box machine(String name, SharedVault own) throws IOException {
        Box box = new Box(name, own);
        boxes.add(box);
        return box;
    }

    /** One machine: clocks and a disk of its own. */
    final class Box implements Refresher {
        final Timeline time = new Timeline();
        final MemoryVault vault = new MemoryVault(time);
        final Machine self;
        /** What happens when the request is about to be written. */
        Runnable beforeSending = () -> {};
        /** What happens when the server has acted. */
        Runnable afterActing = () -> {};

        /** What the machine would tell. */
        final List<SharedStep> story = new ArrayList<>();

        final SharingBook book;
        private final Path pages;
        private final SharedRefresher refresher;
        private final VaultSync sync;

        Box(String name, SharedVault bucket) throws IOException {
            self = new Machine("id-of-" + name, name);
            RefreshPolicy policy = new RefreshPolicy(name, any -> RefreshSettings.DEFAULT);
            pages = Files.createDirectory(folder.resolve("shared-" + name));
            book = new SharingBook(pages, SafeFiles.onDisk());
            Push push = new Push(bucket, book, self, time, story::add);
            Adoption adoption = new Adoption(vault, book, time);
            LocalTurn turn = (connector, patience) -> () -> {};
            refresher = new SharedRefresher(
                    new DurableRefresher(vault, this, policy, IssuerBook.BLANK, time),
                    bucket,
                    new Leases(bucket, self, time),
                    turn,
                    adoption,
                    push,
                    false);
            sync = new VaultSync(keys, bucket, vault, adoption, push, turn, true);
        }

        SyncRound syncs() {
            return syncs(Connector.oauth("notion", Grants.SERVER));
        }

        SyncRound syncs(Connector... connectors) {
            return sync.round(List.of(connectors));
        }

        Path bookFile(String connector) {
            return pages.resolve(connector);
        }

        RefreshOutcome takesOver() {
            return refresher.takeOver(holds());
        }

        RefreshOutcome refreshes() {
            return refreshes(Terms.ORDINARY);
        }

        RefreshOutcome refreshes(Terms terms) {
            return refresher.refresh(holds(), terms);
        }

        Grant holds() {
            return vault.load("notion").orElseThrow();
        }

        long generation() {
            return holds().tokens().generation();
        }

        /** It has the grant, from wherever. */
        Box with(Grant grant) {
            vault.appear(grant);
            return this;
        }

        /** The wire and the authorization server. */
        @Override
        public RefreshOutcome refresh(Grant held, Terms terms) {
            beforeSending.run();
            if (!terms.maySend().getAsBoolean()) {
                return new RefreshOutcome.Unreachable(FailureCategory.NETWORK, "not sent", Optional.empty(), false);
            }
            redeemed++;
            if (held.tokens().generation() != live) {
                live = 0;
                Refusal no = new Refusal("invalid_grant", time.now().wall());
                return new RefreshOutcome.Rejected(held.refused(no), "invalid_grant");
            }
            live++;
            afterActing.run();
            return new RefreshOutcome.Refreshed(Grants.renewed(held, time.now().wall()), Optional.empty());
        }
    }

    /** A machine dies at this very moment. */
    static final class Died extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
