// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.auth.Grant;
import dev.vigil.vault.Fields;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * What this machine knows of one connector in the bucket: a page of the {@link SharingBook}. JSON:
 *
 * <pre>
 * version    1
 * epoch      of the last login that was written to the bucket, or might have been; 0 for none
 * rotates    false only when the last refresh brought no other refresh token
 * seen       {epoch, generation, removed, by, at}: the newest that was ever seen there; null for nothing yet
 * loggedOut  epoch of the login that was ended here, as long as the bucket does not know; null for none
 * </pre>
 *
 * Unknown fields are kept.
 */
record SharingPage(long epoch, boolean rotates, Optional<Seen> seen, Optional<Long> loggedOut) {
    static final SharingPage BLANK = new SharingPage(0, true, Optional.empty(), Optional.empty());

    private static final int VERSION = 1;

    /**
     * A state that stood in the bucket.
     *
     * @param removed was it a logout?
     * @param by name of the machine that wrote it
     * @param at when this machine saw it first, by its own clock
     */
    record Seen(long epoch, long generation, boolean removed, String by, Instant at) {
        static Seen of(SharedState state, Instant at) {
            return new Seen(
                    state.epoch(),
                    state.generation(),
                    state.grant().isEmpty(),
                    state.writer().name(),
                    at);
        }

        /** Has somebody brought back what stood there before this? */
        boolean isNewerThan(SharedState state) {
            return rank().isAbove(state.rank());
        }

        boolean isNewerThan(Grant grant) {
            return rank().isAbove(Rank.of(grant));
        }

        boolean isOf(SharedState state) {
            return rank().equals(state.rank());
        }

        private Rank rank() {
            return removed ? Rank.logout(epoch) : Rank.login(epoch, generation);
        }
    }

    /** About to be written to the bucket, or taken from it. A new login is taken for one that rotates. */
    SharingPage sharing(Grant grant) {
        return new SharingPage(
                grant.epoch(),
                epoch != grant.epoch() || rotates,
                seen,
                loggedOut.filter(ended -> ended >= grant.epoch()));
    }

    SharingPage rotating(boolean now) {
        return new SharingPage(epoch, now, seen, loggedOut);
    }

    SharingPage seeing(Seen newest) {
        return new SharingPage(epoch, rotates, Optional.of(newest), loggedOut);
    }

    SharingPage loggingOut(Optional<Long> ended) {
        return new SharingPage(epoch, rotates, seen, ended);
    }

    /** Does the bucket show less now than it has shown before? */
    boolean hasSeenMoreThan(Optional<SharedState> now) {
        return seen.filter(before -> now.map(before::isNewerThan).orElse(true)).isPresent();
    }

    /** What the epoch of the next login must be above. */
    long highestEpoch() {
        long there = seen.map(Seen::epoch).orElse(0L);
        long ended = loggedOut.map(one -> one + 1).orElse(0L);
        return Math.max(epoch, Math.max(there, ended));
    }

    byte[] json(ObjectNode before) {
        ObjectNode node = Fields.empty().put("version", VERSION).put("epoch", epoch);
        node.put("rotates", rotates);
        node.putNull("seen");
        seen.ifPresent(one -> node.putObject("seen")
                .put("epoch", one.epoch())
                .put("generation", one.generation())
                .put("removed", one.removed())
                .put("by", one.by())
                .put("at", one.at().toString()));
        node.put("loggedOut", loggedOut.orElse(null));
        return Fields.bytes(Fields.withUnknown(node, before));
    }

    /** @throws IllegalArgumentException naming the field that is wrong, or the version that is too new */
    static SharingPage read(Fields fields) {
        SharedState.checkVersion(fields, VERSION);
        return new SharingPage(
                fields.number("epoch"),
                fields.node().path("rotates").asBoolean(true),
                fields.maybeObject("seen", SharingPage::seen),
                fields.node().path("loggedOut").isIntegralNumber()
                        ? Optional.of(fields.number("loggedOut"))
                        : Optional.empty());
    }

    private static Seen seen(Fields fields) {
        return new Seen(
                fields.number("epoch"),
                fields.number("generation"),
                fields.node().path("removed").asBoolean(false),
                fields.text("by"),
                fields.instant("at"));
    }
}
