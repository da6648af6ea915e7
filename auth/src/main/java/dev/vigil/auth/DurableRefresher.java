// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import static dev.vigil.auth.Spans.longer;

import dev.vigil.auth.RefreshOutcome.Adopted;
import dev.vigil.auth.RefreshOutcome.Refreshed;
import dev.vigil.auth.RefreshOutcome.Rejected;
import dev.vigil.auth.RefreshOutcome.Unanswered;
import dev.vigil.auth.RefreshOutcome.Unreachable;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * One process at a time, and nothing lost in a crash. In order: lock, read again and adopt what is newer, intent on disk,
 * send, save, clear the intent, unlock. The refresh token that the server holds live is on disk before anyone sees the
 * access token that came with it.
 *
 * <p>An intent that is still there means that an answer was lost, here or in a process that died: the token may be spent.
 * It is sent again only where {@link LostAnswers} allows it, or when the access token has ended and nothing is left to lose.
 */
public final class DurableRefresher implements Refresher {
    /** Longer than a whole refresh elsewhere may take, so that we adopt its result instead of failing. */
    private static final Duration LOCK_PATIENCE = Duration.ofSeconds(30);

    private static final String LOST_BEFORE = "an earlier answer of the token endpoint was lost";

    private final TokenVault vault;
    private final Refresher inner;
    private final RefreshPolicy policy;
    private final IssuerBook issuers;
    private final TimeSource time;
    private final LostAnswers lost = new LostAnswers();

    public DurableRefresher(
            TokenVault vault, Refresher inner, RefreshPolicy policy, IssuerBook issuers, TimeSource time) {
        this.vault = vault;
        this.inner = inner;
        this.policy = policy;
        this.issuers = issuers;
        this.time = time;
    }

    @Override
    public RefreshOutcome refresh(Grant held, Terms terms) {
        Now now = time.now();
        boolean hasEnded = policy.schedule(held, now).zone(now) == Zone.EXPIRED;
        return locked(held, new Terms(terms.nothingToLose() || hasEnded, terms.maySend()));
    }

    @Override
    public void giveUp(Grant refused) {
        try (TokenVault.Claim claim = vault.claim(refused.connector(), LOCK_PATIENCE)) {
            boolean isStored = vault.load(refused.connector())
                    .map(stored -> !stored.supersedes(refused) && !refused.supersedes(stored))
                    .orElse(false);
            if (isStored) {
                vault.save(refused);
            }
        } catch (VaultException e) {
            // After a restart the upstream will say so again: no harm.
        }
    }

    @Override
    public Optional<String> saveAgain(Grant unsaved) {
        try (TokenVault.Claim claim = vault.claim(unsaved.connector(), LOCK_PATIENCE)) {
            // A logout or a newer login meanwhile wins: then there is nothing left to save.
            boolean isNewest =
                    vault.load(unsaved.connector()).map(unsaved::supersedes).orElse(false);
            return isNewest ? save(unsaved) : Optional.empty();
        } catch (VaultException e) {
            return Optional.of(e.getMessage());
        }
    }

    private RefreshOutcome locked(Grant held, Terms terms) {
        try (TokenVault.Claim claim = vault.claim(held.connector(), LOCK_PATIENCE)) {
            return claimed(held, terms);
        } catch (VaultException e) {
            // Everything that can throw here does so before the refresh token is sent: saving afterwards is caught
            // below.
            return new Unreachable(FailureCategory.STORAGE, e.getMessage(), Optional.empty());
        }
    }

    private RefreshOutcome claimed(Grant held, Terms terms) {
        Optional<Grant> stored = vault.load(held.connector());
        if (stored.isEmpty()) {
            return new Unreachable(FailureCategory.STORAGE, "logged out meanwhile", Optional.empty());
        }
        if (stored.get().supersedes(held)) {
            return new Adopted(stored.get());
        }
        if (held.supersedes(stored.get())) {
            vault.save(held); // an earlier save failed; nothing new is spent until this one succeeds
        } else if (stored.get().refusal().isPresent()) {
            return new Rejected(stored.get(), stored.get().refusal().get().oauthError());
        }
        if (!isPerhapsSpent(held)) {
            return first(held, terms);
        }
        Optional<Grant> rescued = vault.rescue(held);
        rescued.ifPresent(grant -> clearIntent(grant.connector()));
        return rescued.<RefreshOutcome>map(Adopted::new).orElseGet(() -> again(held, terms));
    }

    /** An intent that cannot be read is one all the same. */
    private boolean isPerhapsSpent(Grant held) {
        try {
            return vault.intent(held.connector())
                    .map(intent -> intent.isAbout(held))
                    .orElse(false);
        } catch (VaultException e) {
            if (e.kind() == VaultException.Kind.IO) {
                throw e;
            }
            return true;
        }
    }

    private RefreshOutcome first(Grant held, Terms terms) {
        vault.writeIntent(held);
        RefreshOutcome outcome = sent(held, terms, Optional.empty());
        if (outcome instanceof Unreachable) {
            lost.answered(held);
            clearIntent(held.connector());
        }
        return outcome;
    }

    /** The refresh token may be spent. Its intent stays until there is an answer that decides. */
    private RefreshOutcome again(Grant held, Terms terms) {
        Now now = time.now();
        Optional<Instant> sentAt = unansweredAt(held);
        boolean mayWin = lost.isInWindow(held, now) && !isStrict(held);
        Duration late = mayWin ? Duration.ZERO : lost.untilSettled(held, sentAt, now);
        if (!late.isZero()) {
            return new Unanswered(LOST_BEFORE, Optional.of(late), false);
        }
        if (inner.isUnspent(held)) {
            lost.answered(held);
            return first(held, terms);
        }
        Optional<Duration> idle = untilIdle(held, sentAt, now);
        boolean mustTry = terms.nothingToLose() || idle.filter(Duration::isZero).isPresent();
        if (!mayWin && !mustTry) {
            return new Unanswered(LOST_BEFORE, idle, false);
        }
        RefreshOutcome outcome = sent(held, terms, sentAt);
        if (outcome instanceof Rejected no && mayWin && no.oauthError().equals("invalid_grant")) {
            held.oauth().ifPresent(oauth -> issuers.learnStrict(oauth.issuer()));
        }
        if (outcome instanceof Unreachable not) {
            return unanswered(LOST_BEFORE + ", and now: " + not.reason(), held);
        }
        return outcome;
    }

    /** @param unansweredAt when the same refresh token was first sent without an answer */
    private RefreshOutcome sent(Grant held, Terms terms, Optional<Instant> unansweredAt) {
        lost.sending(held, time.now());
        RefreshOutcome outcome = inner.refresh(held, terms);
        if (outcome instanceof Refreshed refreshed) {
            lost.answered(held);
            Grant planned = policy.planned(refreshed.grant(), time.now());
            return new Refreshed(planned, save(planned));
        }
        if (outcome instanceof Rejected rejected) {
            lost.answered(held);
            Grant refused = rejected.grant().refusedAfter(unansweredAt);
            save(refused); // if this fails, the server is asked once more after a restart: no harm
            return new Rejected(refused, rejected.oauthError());
        }
        if (outcome instanceof Unanswered none) {
            lost.unanswered(held, time.now());
            return unanswered(none.reason(), held);
        }
        return outcome;
    }

    private Unanswered unanswered(String reason, Grant held) {
        Now now = time.now();
        Optional<Duration> pause = isStrict(held)
                ? Optional.empty()
                : lost.pause(held, now).or(() -> untilIdle(held, unansweredAt(held), now));
        return new Unanswered(reason, pause, true);
    }

    /**
     * How long a refresh token that may be spent can lie before its server ends it for being idle: for access tokens that
     * live for months. Empty where it is not tried before the access token ends.
     */
    private Optional<Duration> untilIdle(Grant held, Optional<Instant> sentAt, Now now) {
        if (isStrict(held) || policy.schedule(held, now).zone(now) == Zone.EXPIRED) {
            return Optional.empty();
        }
        Instant end = policy.keptAlive(held, sentAt.orElse(now.wall()));
        return Optional.of(longer(Duration.ZERO, Duration.between(now.wall(), end)));
    }

    private boolean isStrict(Grant held) {
        return !policy.settings().apply(held.connector()).resend()
                || held.oauth().map(oauth -> issuers.isStrict(oauth.issuer())).orElse(false);
    }

    /** An intent that cannot be read does not tell when. */
    private Optional<Instant> unansweredAt(Grant held) {
        try {
            return vault.intent(held.connector()).map(Intent::at);
        } catch (VaultException e) {
            return Optional.empty();
        }
    }

    /** Saves and clears the intent; what went wrong, if anything did. */
    private Optional<String> save(Grant grant) {
        try {
            vault.save(grant);
        } catch (VaultException e) {
            return Optional.of(e.getMessage());
        }
        clearIntent(grant.connector());
        return Optional.empty();
    }

    private void clearIntent(String connector) {
        try {
            vault.clearIntent(connector);
        } catch (VaultException e) {
            // A stale intent costs one careful start; the tokens are safe either way.
        }
    }
}
