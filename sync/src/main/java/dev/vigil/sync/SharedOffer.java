// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.auth.OAuthBinding;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * What a machine without a connector needs to know of it, to use the login that another one shares.
 *
 * @param isKey is it a static key rather than a login?
 * @param scopes that the login was given
 * @param writer name of the machine
 */
public record SharedOffer(URI server, boolean isKey, List<String> scopes, String writer) {

    /** Nothing is offered after a logout. */
    static Optional<SharedOffer> of(SharedState state) {
        return state.grant()
                .map(grant -> new SharedOffer(
                        grant.server(),
                        grant.oauth().isEmpty(),
                        grant.oauth().map(OAuthBinding::scopes).orElse(List.of()),
                        state.writer().name()));
    }
}
