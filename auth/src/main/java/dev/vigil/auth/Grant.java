// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.net.URI;
import java.time.Instant;
import java.util.Optional;

/**
 * What one login (or one typed key) gave us for one connector.
 *
 * @param server the MCP endpoint it was obtained for; its access token serves at that origin and nowhere else
 * @param epoch rises by one with each login of this connector, wherever it happens
 * @param oauth empty for a static key
 * @param refusal present when only a login renews it; what it says of the access token, see {@link Refusal}
 */
public record Grant(
        String connector,
        URI server,
        long epoch,
        Instant loggedInAt,
        Optional<OAuthBinding> oauth,
        TokenSet tokens,
        Optional<Refusal> refusal) {

    /** Is this one newer? Decided by login and generation, never by a clock. */
    public boolean supersedes(Grant other) {
        return epoch > other.epoch || (epoch == other.epoch && tokens.generation() > other.tokens.generation());
    }

    /** May this grant's token be sent on behalf of {@code connector}? Not after its URL was edited to another origin. */
    public boolean fits(Connector asked) {
        return connector.equals(asked.name()) && Origin.of(server).equals(asked.origin());
    }

    public Grant withTokens(TokenSet renewed) {
        return new Grant(connector, server, epoch, loggedInAt, oauth, renewed, Optional.empty());
    }

    /** The same login, counted as a later one. */
    public Grant inEpoch(long later) {
        return new Grant(connector, server, later, loggedInAt, oauth, tokens, refusal);
    }

    /** As another machine wrote it to the bucket, where it was seen just now. */
    public Grant fromElsewhere(SyncMarker seen) {
        return new Grant(connector, server, epoch, loggedInAt, oauth, tokens.fromElsewhere(seen), refusal);
    }

    /** The same refusal, of a refresh token that had been sent before without an answer. */
    Grant refusedAfter(Optional<Instant> unansweredAt) {
        return refusal.map(no -> refused(new Refusal(no.oauthError(), no.at(), unansweredAt)))
                .orElse(this);
    }

    public Grant refused(Refusal why) {
        return new Grant(connector, server, epoch, loggedInAt, oauth, tokens, Optional.of(why));
    }
}
