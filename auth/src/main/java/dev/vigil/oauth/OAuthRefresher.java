// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import dev.vigil.auth.FailureCategory;
import dev.vigil.auth.Grant;
import dev.vigil.auth.OAuthBinding;
import dev.vigil.auth.RefreshOutcome;
import dev.vigil.auth.RefreshOutcome.Refreshed;
import dev.vigil.auth.RefreshOutcome.Rejected;
import dev.vigil.auth.RefreshOutcome.Unanswered;
import dev.vigil.auth.RefreshOutcome.Unreachable;
import dev.vigil.auth.Refresher;
import dev.vigil.auth.Refusal;
import dev.vigil.auth.TimeSource;
import dev.vigil.auth.TokenSet;
import dev.vigil.auth.TokenSource;
import dev.vigil.oauth.OAuthTransport.Answer;
import dev.vigil.oauth.OAuthTransport.Answer.Answered;
import dev.vigil.oauth.OAuthTransport.Answer.NotConnected;
import dev.vigil.oauth.OAuthTransport.Answer.NotSent;
import dev.vigil.oauth.OAuthTransport.Answer.SentWithoutAnswer;
import dev.vigil.oauth.TokenAnswer.Garbled;
import dev.vigil.oauth.TokenAnswer.NotNow;
import dev.vigil.oauth.TokenAnswer.Refused;
import dev.vigil.oauth.TokenAnswer.Tokens;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One POST, one classification (RFC 6749, 6). Saves nothing and retries nothing: {@code DurableRefresher} wraps it, and
 * {@code RefreshPolicy} decides what comes next. Blocks for at most 25 seconds.
 */
public final class OAuthRefresher implements Refresher {
    /** Only these end a grant. Any other OAuth error speaks about the request, and the grant may live. */
    private static final Set<String> FINAL = Set.of("invalid_grant", "unauthorized_client", "invalid_client");

    /** An instance that restarts is back soon, and behind a load balancer the next one answers. */
    private static final Duration ASK_AGAIN = Duration.ofSeconds(2);

    private final OAuthCalls calls;
    private final TimeSource time;
    /** Epoch and generation at which the server last said that it does not know the client. */
    private final Map<String, String> doubted = new ConcurrentHashMap<>();

    public OAuthRefresher(OAuthTransport transport, TimeSource time) {
        this.calls = new OAuthCalls(transport);
        this.time = time;
    }

    @Override
    public RefreshOutcome refresh(Grant held, Terms terms) {
        if (held.oauth().isEmpty()) {
            return rejected(held, "key_refused", time.now().wall());
        }
        if (held.tokens().refreshToken().isEmpty()) {
            return rejected(held, "no_refresh_token", time.now().wall());
        }
        RefreshOutcome outcome = outcome(
                calls.refresh(held, held.oauth().get(), terms.maySend()),
                held,
                time.now().wall());
        boolean isClientUnknown =
                outcome instanceof Rejected rejected && rejected.oauthError().equals("invalid_client");
        if (!isClientUnknown) {
            doubted.remove(held.connector());
            return outcome;
        }
        return isFirstDoubt(held) ? doubtful() : outcome;
    }

    /**
     * Servers in the middle of a restart say so of clients that they know well, so it is believed when they say it twice in a
     * row. No risk to the refresh token: a server that did not recognize the client has not looked at it.
     */
    private boolean isFirstDoubt(Grant held) {
        String doubt = held.epoch() + "/" + held.tokens().generation();
        boolean isSecond = doubt.equals(doubted.get(held.connector()));
        if (isSecond) {
            doubted.remove(held.connector());
        } else {
            doubted.put(held.connector(), doubt);
        }
        return !isSecond;
    }

    private static Unreachable doubtful() {
        return new Unreachable(
                FailureCategory.AUTH, "invalid_client, believed if it is said again", Optional.of(ASK_AGAIN));
    }

    /**
     * RFC 7662, 2: only a client that can prove who it is may ask, and only "active" proves anything, since a server calls
     * inactive also what it will not talk about. Blocks for at most four seconds.
     */
    @Override
    public boolean isUnspent(Grant held) {
        return held.tokens().refreshToken().isPresent()
                && held.oauth()
                        .flatMap(binding -> calls.introspect(held, binding))
                        .filter(Answered.class::isInstance)
                        .map(Answered.class::cast)
                        .filter(answered -> answered.status() == 200)
                        .flatMap(answered -> ForeignJson.parse(answered.body()))
                        .map(json -> json.flag("active"))
                        .orElse(false);
    }

    /** What an answer means for the grant: how far the request got decides first, then what the server said. */
    static RefreshOutcome outcome(Answer answer, Grant held, Instant now) {
        if (answer instanceof NotConnected not) return Unreachable.noWay(not.reason());
        if (answer instanceof NotSent not) return Unreachable.noWay(not.reason());
        if (answer instanceof SentWithoutAnswer none) return new Unanswered(none.reason());
        if (answer instanceof Answered answered) return outcome(TokenAnswer.read(answered, now), held, now);
        throw new AssertionError(answer);
    }

    static RefreshOutcome outcome(TokenAnswer answer, Grant held, Instant now) {
        if (answer instanceof Tokens tokens) return new Refreshed(renewed(held, tokens, now), Optional.empty());
        if (answer instanceof Refused no && FINAL.contains(no.error())) return rejected(held, no.error(), now);
        if (answer instanceof Refused no) {
            return new Unreachable(FailureCategory.AUTH, no.error(), Optional.empty());
        }
        if (answer instanceof NotNow later) {
            return new Unreachable(FailureCategory.NETWORK, tokenEndpoint(later.reason()), later.retryAfter());
        }
        if (answer instanceof Garbled garbled) return new Unanswered(tokenEndpoint(garbled.reason()));
        throw new AssertionError(answer);
    }

    private static String tokenEndpoint(String reason) {
        return "token endpoint: " + reason;
    }

    private static Rejected rejected(Grant held, String error, Instant now) {
        return new Rejected(held.refused(new Refusal(error, now)), error);
    }

    private static Grant renewed(Grant held, Tokens tokens, Instant now) {
        TokenSet old = held.tokens();
        TokenSet renewed = new TokenSet(
                tokens.access(),
                tokens.refresh().or(old::refreshToken), // RFC 6749, 6: without a new one the old one lives on
                now,
                tokens.expiresAt(),
                Optional.empty(),
                TokenSource.REFRESH,
                old.generation() + 1,
                Optional.empty(),
                tokens.refreshEnd().or(() -> tokens.refresh().isPresent() ? Optional.empty() : old.refreshTokenEnd()));
        Optional<OAuthBinding> binding = held.oauth().map(bound -> narrowed(bound, tokens));
        return new Grant(
                held.connector(), held.server(), held.epoch(), held.loggedInAt(), binding, renewed, Optional.empty());
    }

    /** A refresh may give fewer scopes than were granted (RFC 6749, 5.1); then a later 403 can be explained. */
    private static OAuthBinding narrowed(OAuthBinding old, Tokens tokens) {
        return new OAuthBinding(
                old.issuer(),
                old.tokenEndpoint(),
                old.revocationEndpoint(),
                old.resource(),
                old.client(),
                old.account(),
                tokens.scopes().orElse(old.scopes()),
                old.introspectionEndpoint());
    }
}
