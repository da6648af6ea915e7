// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.app.FallbackRun.Finding;
import dev.vigil.app.FallbackRun.Outcome;
import dev.vigil.auth.Connector;
import dev.vigil.auth.FailureCategory;
import dev.vigil.auth.Grant;
import dev.vigil.auth.RefreshOutcome;
import dev.vigil.auth.RefreshOutcome.Adopted;
import dev.vigil.auth.RefreshOutcome.Refreshed;
import dev.vigil.auth.RefreshOutcome.Rejected;
import dev.vigil.auth.RefreshOutcome.Unanswered;
import dev.vigil.auth.RefreshOutcome.Unreachable;
import dev.vigil.auth.RefreshPolicy;
import dev.vigil.auth.Refresher;
import dev.vigil.auth.Schedule;
import dev.vigil.auth.TimeSource;
import dev.vigil.auth.TokenVault;
import dev.vigil.auth.VaultException;
import dev.vigil.auth.Zone;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The fallback of the main loop, for cron: check freshness, refresh if below the threshold, persist, emit the health
 * signal. Never a login, never a registration. It acts only where the main loop has missed its time. Blocks on lock, disk
 * and network, each with a time limit.
 */
record Fallback(TokenVault vault, MainLoop mainLoop, RefreshPolicy policy, Refresher refresher, TimeSource time) {

    /** One connector after the other; what was found is the health signal. */
    FallbackRun run(List<Connector> connectors) {
        Instant begun = time.now().wall();
        return new FallbackRun(begun, connectors.stream().map(this::tended).toList());
    }

    private Finding tended(Connector connector) {
        Optional<Instant> beat = mainLoop.lastBeat(connector.name());
        try {
            Optional<Grant> grant = vault.load(connector.name()).filter(stored -> stored.fits(connector));
            if (grant.isEmpty()) {
                return Finding.seen(connector.name(), Outcome.LOGGED_OUT, Optional.empty());
            }
            if (grant.get().refusal().isPresent()) {
                return Finding.seen(
                        connector.name(),
                        Outcome.LOGIN_NEEDED,
                        Optional.of(grant.get().refusal().get().oauthError()));
            }
            return isMissed(grant.get())
                    ? acted(grant.get(), beat, refresher.refresh(grant.get()))
                    : leftAlone(grant.get());
        } catch (VaultException e) {
            return Finding.seen(connector.name(), Outcome.STORAGE, Optional.of(e.getMessage()));
        }
    }

    /** Is it below the threshold, though a main loop should have seen to it? */
    private boolean isMissed(Grant grant) {
        Schedule schedule = policy.schedule(grant, time.now());
        boolean isDue =
                schedule.refreshAt().filter(due -> due.isDue(time.now())).isPresent();
        return isDue
                && mainLoop.hasMissed(
                        grant.connector(), schedule.zone(time.now()).compareTo(Zone.EMERGENCY) < 0);
    }

    /** The main loop is at work. That does not mean that it succeeds. */
    private Finding leftAlone(Grant grant) {
        Optional<String> failure = mainLoop.failure(grant);
        return Finding.seen(
                grant.connector(), failure.map(any -> Outcome.NOT_RENEWED).orElse(Outcome.FRESH), failure);
    }

    private Finding acted(Grant grant, Optional<Instant> beat, RefreshOutcome outcome) {
        String name = grant.connector();
        if (outcome instanceof Refreshed done) {
            Outcome kept = done.unsaved().isEmpty() ? Outcome.REFRESHED : Outcome.STORAGE;
            return Finding.acted(name, kept, done.unsaved(), beat);
        }
        if (outcome instanceof Adopted) return Finding.seen(name, Outcome.FRESH, Optional.empty());
        if (outcome instanceof Rejected no) {
            return Finding.acted(name, Outcome.LOGIN_NEEDED, Optional.of(no.oauthError()), beat);
        }
        if (outcome instanceof Unreachable not) {
            boolean ours = not.category() == FailureCategory.STORAGE;
            return Finding.acted(name, ours ? Outcome.STORAGE : Outcome.UNREACHABLE, Optional.of(not.reason()), beat);
        }
        if (outcome instanceof Unanswered lost) {
            return Finding.acted(name, Outcome.UNANSWERED, Optional.of(lost.reason()), beat);
        }
        throw new AssertionError(outcome);
    }
}
