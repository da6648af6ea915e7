// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import dev.vigil.demo.TokenBook.Outcome.Refused;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * What a client asked for and a person agreed to.
 *
 * @param challenge S256 of a verifier that only this client knows (RFC 7636)
 * @param resource where the tokens may be used (RFC 8707)
 */
record Ask(String clientId, String redirectUri, String challenge, String resource, String scope) {

    /** What is wrong with the one who brings the code back, if anything. */
    Optional<Refused> refuse(Proof proof) {
        if (!clientId.equals(proof.clientId())) {
            return Optional.of(new Refused("invalid_grant", "the code belongs to another client"));
        }
        if (!redirectUri.equals(proof.redirectUri())) {
            return Optional.of(new Refused("invalid_grant", "redirect_uri is not that of the authorization request"));
        }
        if (!challenge.equals(s256(proof.verifier()))) {
            return Optional.of(new Refused("invalid_grant", "code_verifier does not match code_challenge"));
        }
        return resource.equals(proof.resource())
                ? Optional.empty()
                : Optional.of(new Refused("invalid_target", "the code is for another resource"));
    }

    private static String s256(String verifier) {
        byte[] hash = Fingerprint.sha256(verifier.getBytes(StandardCharsets.US_ASCII));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    }

    /** What a client shows together with a code. */
    record Proof(String clientId, String redirectUri, String verifier, String resource) {}
}
