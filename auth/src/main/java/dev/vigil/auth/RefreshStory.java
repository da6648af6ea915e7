// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import dev.vigil.auth.Authorization.Live;
import dev.vigil.auth.RefreshOutcome.Adopted;
import dev.vigil.auth.RefreshOutcome.Refreshed;
import dev.vigil.auth.RefreshOutcome.Rejected;
import dev.vigil.auth.RefreshOutcome.Unanswered;
import dev.vigil.auth.RefreshOutcome.Unreachable;
import java.time.Instant;
import java.util.Optional;

/** Turns a settled refresh into the events that tell of it. */
record RefreshStory(String connector, Live tried, Trigger trigger, Now begun, Now ended, RefreshOutcome outcome) {

    void tell(Authorization after, AuthEvents events) {
        events.refreshed(report(after));
    }

    /** What a person must hear before anything follows from it. */
    void alarm(AuthEvents events) {
        if (tried.isAnswerLost()) {
            return; // said once, however often it is tried
        }
        Optional<Instant> deadline = tried.schedule().expiresAt().map(Deadline::wall);
        if (outcome instanceof Unanswered lost) {
            events.answerLost(connector, lost.reason(), deadline);
        }
        if (outcome instanceof Rejected no
                && no.grant().refusal().flatMap(Refusal::unansweredAt).isPresent()) {
            events.answerLost(connector, "an earlier run sent it, and now the server refuses it", deadline);
        }
    }

    private RefreshReport report(Authorization after) {
        Optional<Live> live = after instanceof Live held ? Optional.of(held) : Optional.empty();
        return new RefreshReport(
                connector,
                trigger,
                outcome.word(),
                category(),
                reason(),
                tried.failures() + 1,
                ended.monotonic().minus(begun.monotonic()),
                live.map(Live::generation).orElse(tried.generation()),
                live.orElse(tried).schedule().expiresAt().map(end -> end.left(ended)),
                live.flatMap(RefreshStory::nextTry));
    }

    /** A refresh token that was refused is not tried again. */
    private static Optional<Instant> nextTry(Live live) {
        return live.isLast()
                ? Optional.empty()
                : live.retryAt().or(() -> live.schedule().refreshAt()).map(Deadline::wall);
    }

    private Optional<FailureCategory> category() {
        if (outcome instanceof Refreshed refreshed) {
            return refreshed.unsaved().map(why -> FailureCategory.STORAGE);
        }
        if (outcome instanceof Adopted) return Optional.empty();
        if (outcome instanceof Rejected) return Optional.of(FailureCategory.AUTH);
        if (outcome instanceof Unreachable unreachable) return Optional.of(unreachable.category());
        if (outcome instanceof Unanswered unanswered) return Optional.of(unanswered.category());
        throw new AssertionError(outcome);
    }

    private Optional<String> reason() {
        if (outcome instanceof Refreshed refreshed) return refreshed.unsaved();
        if (outcome instanceof Adopted) return Optional.of("somebody else had refreshed");
        if (outcome instanceof Rejected rejected) return Optional.of(rejected.oauthError());
        if (outcome instanceof Unreachable unreachable) return Optional.of(unreachable.reason());
        if (outcome instanceof Unanswered unanswered) return Optional.of(unanswered.reason());
        throw new AssertionError(outcome);
    }
}
