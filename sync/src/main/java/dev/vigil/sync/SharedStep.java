// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.auth.Grant;
import dev.vigil.auth.VaultException;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;

/**
 * One thing that this machine did about a shared grant, or that it saw. Holds no secret.
 *
 * @param other name of the other machine that it has to do with
 * @param why for people; empty where the rest says it all
 */
public record SharedStep(
        String connector, What what, long epoch, long generation, Optional<String> other, Optional<String> why) {

    /** What happened. */
    public enum What {
        /** Tokens renewed here, with the lease. */
        REFRESHED,
        /** Our newer state was written to the bucket. */
        PUSHED,
        /** It could not be written; it is tried again. */
        NOT_PUSHED,
        /** Tokens that another machine wrote are ours now. */
        ADOPTED,
        /** What another machine wrote was not taken. */
        NOT_ADOPTED,
        /** Logged out on another machine. */
        REMOVED,
        /** Logged out here, and the bucket knows. */
        BURIED,
        /** Another machine has the turn. */
        WAITED,
        /** Another machine has not told what came of its refresh. */
        LEFT_TO_OTHER,
        /** A person let this machine try all the same. */
        TAKEN_OVER,
        /** Two logins with one epoch: both are kept. */
        TWO_LOGINS,
        /** The bucket shows less than it has shown before. */
        ROLLED_BACK,
        /** The bucket gave no answer, none that opens, or an older one than this machine has seen. */
        NO_BUCKET;

        /** As logs carry it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static SharedStep of(Grant grant, What what) {
        return new SharedStep(
                grant.connector(),
                what,
                grant.epoch(),
                grant.tokens().generation(),
                Optional.empty(),
                Optional.empty());
    }

    static SharedStep of(SharedState state, What what) {
        return new SharedStep(
                state.connector(),
                what,
                state.epoch(),
                state.generation(),
                Optional.of(state.writer().name()),
                Optional.empty());
    }

    /** @param seen what the bucket has shown before */
    static SharedStep rolledBack(String connector, SharingPage.Seen seen) {
        return new SharedStep(
                connector,
                What.ROLLED_BACK,
                seen.epoch(),
                seen.generation(),
                Optional.of(seen.by()),
                Optional.of(
                        "the bucket shows less than it showed at " + seen.at().truncatedTo(ChronoUnit.SECONDS)));
    }

    /** What stands there does not open. */
    static SharedStep sealed(String connector, StoreException why) {
        return new SharedStep(connector, What.NO_BUCKET, 0, 0, Optional.empty(), Optional.of(why.getMessage()));
    }

    /** This machine's own disk is in the way. */
    static SharedStep onDisk(String connector, VaultException why) {
        return new SharedStep(connector, What.NOT_ADOPTED, 0, 0, Optional.empty(), Optional.of(why.getMessage()));
    }

    SharedStep with(Machine machine) {
        return new SharedStep(connector, what, epoch, generation, Optional.of(machine.name()), why);
    }

    SharedStep because(String reason) {
        return new SharedStep(connector, what, epoch, generation, other, Optional.of(reason));
    }
}
