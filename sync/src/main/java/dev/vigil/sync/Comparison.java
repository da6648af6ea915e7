// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.auth.Grant;
import java.util.Optional;

/**
 * What lies here against what stands in the bucket: what is to be done about one connector. Pure. What is newer is decided
 * by {@link Rank}, never by a clock, and nothing is overwritten because it came last.
 *
 * @param rolledBack does the bucket show less than it has shown before?
 */
record Comparison(Need need, boolean rolledBack) {

    /** What is to be done. */
    enum Need {
        NOTHING,
        /** Ours is newer, or the bucket has none. */
        PUSH,
        /** Theirs is newer. */
        ADOPT,
        /** Logged out elsewhere. */
        REMOVE,
        /** Logged out here, and the bucket does not know. */
        BURY,
        /** The bucket shows less than it has shown before, and what it showed is not here: nobody's tokens may be used. */
        LEFT_BEHIND,
        /** Two logins with one epoch: both are kept, and a person is asked. */
        ASK
    }

    static Comparison of(Optional<Grant> ours, Optional<SharedState> theirs, SharingPage page) {
        boolean rolledBack = page.hasSeenMoreThan(theirs);
        return new Comparison(need(ours, theirs, page, rolledBack), rolledBack);
    }

    private static Need need(Optional<Grant> ours, Optional<SharedState> theirs, SharingPage page, boolean rolledBack) {
        if (page.loggedOut().filter(ended -> isOver(ended, ours, theirs)).isPresent()) {
            return Need.BURY;
        }
        if (rolledBack && !isNewest(ours, page)) {
            return Need.LEFT_BEHIND;
        }
        if (ours.isEmpty()) {
            return theirs.flatMap(SharedState::grant).isPresent() ? Need.ADOPT : Need.NOTHING;
        }
        if (!rolledBack
                && theirs.filter(state -> isBetterThanRefused(state, ours.get()))
                        .isPresent()) {
            return Need.ADOPT;
        }
        return theirs.map(state -> need(ours.get(), state)).orElse(worthPushing(ours.get()));
    }

    /** Ours was a later login, which never came to the bucket, and its server has refused it: any other one is better. */
    private static boolean isBetterThanRefused(SharedState theirs, Grant ours) {
        return ours.refusal().isPresent()
                && theirs.grant()
                        .filter(grant -> !grant.loggedInAt().equals(ours.loggedInAt()))
                        .isPresent();
    }

    /** Has the bucket never shown anything newer? */
    static boolean isNewest(Optional<Grant> ours, SharingPage page) {
        return ours.filter(grant ->
                        !page.seen().map(seen -> seen.isNewerThan(grant)).orElse(false))
                .isPresent();
    }

    /** Is the login that ended here still the newest that anybody knows of? A later one that was refused does not count. */
    private static boolean isOver(long ended, Optional<Grant> ours, Optional<SharedState> theirs) {
        return ours.filter(grant -> grant.epoch() > ended && grant.refusal().isEmpty())
                        .isEmpty()
                && theirs.filter(state -> state.epoch() > ended).isEmpty();
    }

    private static Need need(Grant ours, SharedState theirs) {
        if (theirs.grant().isEmpty()) {
            return theirs.supersedes(ours) ? Need.REMOVE : worthPushing(ours);
        }
        if (isOtherLogin(ours, theirs)) {
            return ours.refusal().isPresent() ? Need.ADOPT : Need.ASK;
        }
        if (theirs.supersedes(ours)) {
            return Need.ADOPT;
        }
        return theirs.isSupersededBy(ours) ? worthPushing(ours) : Need.NOTHING;
    }

    /** A person logged in here and elsewhere, and neither knew of the other. */
    static boolean isOtherLogin(Grant ours, SharedState theirs) {
        return theirs.epoch() == ours.epoch()
                && theirs.grant()
                        .filter(grant -> !grant.loggedInAt().equals(ours.loggedInAt()))
                        .isPresent();
    }

    /** What its own server has refused helps nobody. */
    private static Need worthPushing(Grant ours) {
        return ours.refusal().isPresent() ? Need.NOTHING : Need.PUSH;
    }
}
