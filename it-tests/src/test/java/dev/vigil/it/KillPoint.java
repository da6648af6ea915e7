// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.util.List;
import java.util.Optional;

/**
 * A moment of a refresh at which the daemon is killed. Which steps there are was read off a trace; that a kill fell where it
 * was aimed is proved by its own trace.
 *
 * @param story what has been done by then, and what has not
 * @param kills how many
 */
record KillPoint(String story, int kills, Fate fate, Aim aim) {

    /** All of them, in the order of a refresh. */
    static final List<KillPoint> ALL = List.of(
            at("intent written, not synced", 2, Fate.LIVES, "fsync", 1, "/intents/.real.tmp-"),
            at("intent synced, not renamed", 2, Fate.LIVES, "rename", 2, "/intents/real\""),
            at("intent stands, nothing sent", 3, Fate.LIVES_PAST_THE_END, "fsync", 2, "/intents>"),
            held("sent, never committed", 3, Fate.LIVES_PAST_THE_END, false, false),
            held("sent, committed after the kill", 3, Fate.REPORTED, false, true),
            held("committed, answer held", 9, Fate.REPORTED, true, false),
            on("intents/real.room", "answer received, nothing done", 2, Fate.REPORTED, "unlink", 1),
            on("keys/lock", "its place made, not sealed", 4, Fate.REPORTED, "openat", 1),
            on("grants/real.sealed", "old grant read again", 2, Fate.REPORTED, "openat", 2),
            at("new grant written, not synced", 6, Fate.LIVES, "fsync", 3, "/grants/.real.sealed.tmp-"),
            at("new grant synced, not renamed", 3, Fate.LIVES, "rename", 3, "/grants/real.sealed\""),
            at("renamed, folder not synced", 3, Fate.LIVES, "fsync", 4, "/grants>"),
            on("intents/real", "saved, intent not cleared", 3, Fate.LIVES, "unlink", 1),
            at("intent cleared, folder not synced", 2, Fate.LIVES, "fsync", 5, "/intents>"));

    /** What must become of the grant. */
    enum Fate {
        /** Nothing is lost, and nobody needs to wait for anything. */
        LIVES,
        /** Nobody can know whether the token is spent: the old access token serves to its end, then one try wins. */
        LIVES_PAST_THE_END,
        /** The same, but the one try is refused: a person was told before, and is asked for a login now. */
        REPORTED
    }

    sealed interface Aim {}

    /**
     * A system call of the thread that refreshes.
     *
     * @param nth of its kind in this thread
     * @param only counts those on this path below the home
     * @param where what stands in the call's arguments
     */
    record Step(String syscall, int nth, Optional<String> only, String where) implements Aim {}

    /**
     * The authorization server holds its answer meanwhile.
     *
     * @param committed it has spent the token already
     * @param letGo it goes on when the daemon is dead
     */
    record Held(boolean committed, boolean letGo) implements Aim {}

    private static KillPoint at(String story, int kills, Fate fate, String syscall, int nth, String where) {
        return new KillPoint(story, kills, fate, new Step(syscall, nth, Optional.empty(), where));
    }

    private static KillPoint on(String path, String story, int kills, Fate fate, String syscall, int nth) {
        return new KillPoint(story, kills, fate, new Step(syscall, nth, Optional.of(path), path));
    }

    private static KillPoint held(String story, int kills, Fate fate, boolean committed, boolean letGo) {
        return new KillPoint(story, kills, fate, new Held(committed, letGo));
    }
}
