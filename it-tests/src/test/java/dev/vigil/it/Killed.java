// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.time.Instant;
import java.util.List;

/**
 * What one kill did: where it fell, by the word of the server, the disk and the trace, and what became of the grant.
 *
 * @param held the last call before the kill
 * @param endsAfter the access token of that call lives until then at least
 */
record Killed(KillPoint point, Call held, Instant endsAfter, Fell fell, Aftermath aftermath) {

    /**
     * A call to a tool.
     *
     * @param at when the answer was here
     * @param grant whose access token it was made with, as the server counts; 0 without one
     * @param generation of that access token
     * @param skip what was said instead of an answer; empty when it was answered
     */
    record Call(Instant at, int grant, int generation, String skip) {
        boolean isServed() {
            return skip.isEmpty();
        }

        boolean isNewerThan(Call other) {
            return grant > other.grant || (grant == other.grant && generation > other.generation);
        }
    }

    /**
     * The moment of the kill.
     *
     * @param aimed it fell where it should
     * @param committed the server had spent the refresh token, by its own books
     * @param synced the new grant had reached the disk, under whatever name
     * @param replaced it stood under the name of the grant
     */
    record Fell(boolean aimed, boolean committed, boolean synced, boolean replaced) {
        boolean isBetweenCommitAndFsync() {
            return committed && !synced && !replaced;
        }
    }

    /**
     * What was seen with the daemon that was started next on the same home.
     *
     * @param calls in order, before any login
     * @param told when it was written down that an answer was lost
     * @param redemptions how often the server was shown the refresh token of {@code held}, in all
     * @param reuses grants that the server ended for a refresh token that was shown twice
     * @param refusals that the daemon wrote down
     * @param logins that a person had to make
     * @param last the call after all that
     */
    record Aftermath(
            List<Call> calls, List<Told> told, int redemptions, int reuses, int refusals, int logins, Call last) {
        Aftermath {
            calls = List.copyOf(calls);
            told = List.copyOf(told);
        }
    }

    /** @param deadline the end of the old access token, as it was told */
    record Told(Instant at, Instant deadline) {}

    /** The next daemon was back only when the old access token had all but ended: that proves nothing about either. */
    boolean isTooLate() {
        return aftermath.calls().get(0).at().isAfter(endsAfter.minusSeconds(2));
    }

    /** Calls that were served with the access token from before the kill. */
    List<Call> servedAsBefore() {
        return aftermath.calls().stream()
                .filter(call -> call.isServed() && !call.isNewerThan(held))
                .toList();
    }

    /** The first call that was not. */
    Call turn() {
        return aftermath.calls().stream()
                .filter(call -> !call.isServed() || call.isNewerThan(held))
                .findFirst()
                .orElseThrow(() -> new AssertionError("the old token serves for ever: " + this));
    }

    boolean hasLived() {
        return aftermath.calls().stream().allMatch(Call::isServed)
                && aftermath.logins() == 0
                && aftermath.reuses() == 0
                && aftermath.last().isServed()
                && aftermath.last().isNewerThan(held);
    }

    /** The loss was told of before the old access token had ended. */
    boolean isReported() {
        return aftermath.told().stream().anyMatch(told -> told.at().isBefore(told.deadline()));
    }
}
