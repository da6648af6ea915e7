// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import dev.vigil.auth.Grant;
import dev.vigil.auth.OAuthBinding;
import dev.vigil.oauth.OAuthTransport.Answer;
import dev.vigil.oauth.OAuthTransport.Answer.Answered;
import dev.vigil.oauth.OAuthTransport.Answer.NotConnected;
import dev.vigil.oauth.OAuthTransport.Answer.NotSent;
import dev.vigil.oauth.OAuthTransport.Answer.SentWithoutAnswer;
import java.net.URI;
import java.util.Optional;

/**
 * Tells the authorization server that a grant is over (RFC 7009), as well as it can be done: a logout goes on whatever
 * comes of it. Blocks for at most ten seconds; any thread but {@code proxy-io}.
 */
public final class Revocation {
    private final OAuthCalls calls;

    public Revocation(OAuthTransport transport) {
        this.calls = new OAuthCalls(transport);
    }

    /** What came of it. */
    public sealed interface Outcome {
        record Revoked() implements Outcome {}

        /** The server has no way to revoke, or the grant is a static key: the tokens live until they end by themselves. */
        record NotOffered() implements Outcome {}

        record Failed(String reason) implements Outcome {}
    }

    public Outcome revoke(Grant grant) {
        Optional<URI> endpoint = grant.oauth().flatMap(OAuthBinding::revocationEndpoint);
        if (endpoint.isEmpty()) {
            return new Outcome.NotOffered();
        }
        return outcome(calls.revoke(endpoint.get(), grant, grant.oauth().orElseThrow()));
    }

    static Outcome outcome(Answer answer) {
        if (answer instanceof Answered answered) return outcome(answered);
        if (answer instanceof NotConnected not) return new Outcome.Failed(not.reason());
        if (answer instanceof NotSent not) return new Outcome.Failed(not.reason());
        if (answer instanceof SentWithoutAnswer none) return new Outcome.Failed(none.reason());
        throw new AssertionError(answer);
    }

    /** A 200 is not enough: Keycloak says 200 with an error in the body. */
    private static Outcome outcome(Answered answered) {
        Optional<String> error = ForeignJson.parse(answered.body()).flatMap(json -> json.text("error"));
        boolean isDone = answered.status() == 200 || answered.status() == 204;
        if (isDone && error.isEmpty()) {
            return new Outcome.Revoked();
        }
        return new Outcome.Failed("the server answered " + answered.status()
                + error.map(code -> " (" + ForeignText.shown(code) + ")").orElse(""));
    }
}
