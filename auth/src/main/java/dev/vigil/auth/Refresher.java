// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Turns an old token set into an outcome. Implementations wrap each other: durable (one process at a time, nothing lost in
 * a crash) over OAuth (one POST, one classification); sharing between machines wraps both.
 *
 * <p>May block on a lock, on fsync and on the network, each with a time limit, so it is called on {@code refresh-io}, or on
 * the one thread of a command that works without a daemon. Whatever happens on the wire or the disk is an outcome; an
 * exception is a bug.
 */
@FunctionalInterface
public interface Refresher {
    RefreshOutcome refresh(Grant held, Terms terms);

    /** The same on the ordinary terms. A wrap passes on the terms that it was given instead. */
    default RefreshOutcome refresh(Grant held) {
        return refresh(held, Terms.ORDINARY);
    }

    /**
     * What the caller knows and the callee does not.
     *
     * @param nothingToLose has the access token ended, or been refused by the upstream? Then a refresh token that may be
     *     spent is tried all the same
     * @param maySend asked when the connection stands and the refresh token is about to be written: may it still? Quick, and
     *     on any thread
     */
    record Terms(boolean nothingToLose, BooleanSupplier maySend) {
        public static final Terms ORDINARY = new Terms(false, () -> true);
        public static final Terms NOTHING_TO_LOSE = new Terms(true, () -> true);

        static Terms of(boolean nothingToLose) {
            return nothingToLose ? NOTHING_TO_LOSE : ORDINARY;
        }

        public Terms onlyWhile(BooleanSupplier stillMay) {
            return new Terms(nothingToLose, stillMay);
        }
    }

    /** Does the server say for certain that the refresh token is unspent and good? False also where it cannot be asked. */
    default boolean isUnspent(Grant held) {
        return false;
    }

    /** Writes down, where it can, that only a login helps, so that a restart does not ask again. */
    default void giveUp(Grant refused) {}

    /**
     * Saves tokens that could not be saved when they came. Nothing is sent.
     *
     * @return what still stands in the way; empty when they, or newer ones, are on disk
     */
    default Optional<String> saveAgain(Grant unsaved) {
        return Optional.empty();
    }
}
