// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import java.net.URI;

/** Where a login stands. */
public sealed interface LoginStatus {

    /**
     * A person has to visit {@code authorizationUrl}.
     *
     * @param id for {@link Logins#status}; says nothing to a stranger
     */
    record Waiting(String id, String connector, URI authorizationUrl) implements LoginStatus {}

    record Done(LoginReport report) implements LoginStatus {}

    /** @param message fit to be shown to the owner of the terminal; a web page shows none of it */
    record Failed(String connector, LoginException.Kind kind, String message) implements LoginStatus {}

    /** No such login: never begun here, finished before, or long gone. */
    record Unknown() implements LoginStatus {}
}
