// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import dev.vigil.auth.Authorization.HeldElsewhere;
import dev.vigil.auth.Authorization.Live;
import dev.vigil.auth.Authorization.LoggedOut;
import dev.vigil.auth.Authorization.NeedsLogin;
import dev.vigil.auth.Authorization.NotNeeded;
import dev.vigil.auth.Authorization.Unreadable;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Reads grants from the vault, notices when another process has changed one, and says what a stored grant means for its
 * connector. Touched by one thread only: {@code token-keeper}, or the one thread of a command that works without a daemon.
 */
public final class GrantReader {
    private final TokenVault vault;
    private final RefreshPolicy policy;
    private final TimeSource time;
    private final Elsewhere elsewhere;
    /** The vault's stamp of what was read last. */
    private final Map<String, Optional<String>> stamps = new HashMap<>();

    public GrantReader(TokenVault vault, RefreshPolicy policy, TimeSource time, Elsewhere elsewhere) {
        this.vault = vault;
        this.policy = policy;
        this.time = time;
        this.elsewhere = elsewhere;
    }

    /** Has the stored grant changed since it was read last? Also true after a write of our own, which does no harm. */
    boolean hasChanged(Connector connector) {
        return connector.kind() != GrantKind.NONE && !stamp(connector.name()).equals(stamps.get(connector.name()));
    }

    /**
     * Reads the stored grant.
     *
     * @param held what holds so far; it stays if the stored grant is no newer
     * @throws VaultException when it cannot be read
     */
    public Authorization read(Connector connector, Authorization held) {
        if (connector.kind() == GrantKind.NONE) {
            return new NotNeeded();
        }
        stamps.put(connector.name(), stamp(connector.name()));
        return vault.load(connector.name())
                .map(grant -> meaning(grant, connector, held))
                .orElseGet(() -> notHere(connector.name()));
    }

    private Authorization notHere(String connector) {
        return elsewhere
                .whyNotHere(connector)
                .<Authorization>map(HeldElsewhere::new)
                .orElseGet(() -> new LoggedOut(Optional.empty()));
    }

    /** Is there no login here, and is another thing to be said about that by now? */
    boolean isStale(Connector connector, Authorization held) {
        boolean isAbsent = held instanceof LoggedOut out && out.note().isEmpty() || held instanceof HeldElsewhere;
        return isAbsent
                && stamp(connector.name()).isEmpty()
                && !notHere(connector.name()).equals(held);
    }

    /** Reads the stored grant again. One that cannot be read is told, and what is held in memory is better than nothing. */
    Authorization reread(Connector connector, Authorization held, AuthEvents events) {
        try {
            return read(connector, held);
        } catch (VaultException e) {
            events.grantUnreadable(connector.name(), e.getMessage());
            return held instanceof Live ? held : new Unreadable(e.getMessage());
        }
    }

    private Authorization meaning(Grant grant, Connector connector, Authorization held) {
        if (!grant.fits(connector)) {
            String note = "the stored login is for " + Origin.of(grant.server()) + ", not for " + connector.origin();
            return new LoggedOut(Optional.of(note));
        }
        if (held instanceof Live live && live.grant().supersedes(grant)) {
            return held; // ours could not be saved yet
        }
        if (grant.refusal().isPresent()) {
            return refused(grant, grant.refusal().get(), held);
        }
        boolean same = held instanceof Live live && !grant.supersedes(live.grant());
        return same ? held : found(grant);
    }

    /** Where it is known that nothing serves any more, what is stored does not say otherwise. */
    private Authorization refused(Grant grant, Refusal refusal, Authorization held) {
        Now now = time.now();
        Schedule schedule = policy.schedule(grant, now);
        boolean isKnownDead = held instanceof NeedsLogin dead && !grant.supersedes(dead.last());
        return refusal.leavesAccessToken() && !isKnownDead && schedule.zone(now) != Zone.EXPIRED
                ? Live.last(grant, refusal, schedule, now)
                : new NeedsLogin(grant, refusal.oauthError(), refusal.at());
    }

    /** An intent beside it means that an answer may have been lost: then a refresh that finds out is due at once. */
    private Live found(Grant grant) {
        Now now = time.now();
        Live fresh = Live.fresh(grant, policy.schedule(grant, now));
        return hasIntent(grant)
                ? new Live(grant, fresh.schedule(), 0, Optional.empty(), Optional.of(Deadline.in(Duration.ZERO, now)))
                : fresh;
    }

    /** One that cannot be read is one all the same. */
    private boolean hasIntent(Grant grant) {
        try {
            return vault.intent(grant.connector())
                    .map(intent -> intent.isAbout(grant))
                    .orElse(false);
        } catch (VaultException e) {
            return true;
        }
    }

    /** A folder that cannot be looked at counts as unchanged: what we hold in memory goes on being used. */
    private Optional<String> stamp(String connector) {
        try {
            return vault.stamp(connector);
        } catch (VaultException e) {
            return stamps.getOrDefault(connector, Optional.empty());
        }
    }
}
