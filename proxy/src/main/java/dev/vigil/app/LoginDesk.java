// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.Connector;
import dev.vigil.oauth.LoginException;
import dev.vigil.oauth.LoginStatus;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * Where a login is asked for: the daemon, or this very process when there is none. Each call may block on the network for
 * some seconds.
 */
interface LoginDesk extends AutoCloseable {
    /** Begins a login or joins one under way. */
    LoginStatus.Waiting begin(Connector connector, Optional<List<String>> scopes) throws LoginException;

    LoginStatus status(String id);

    /** Hands over the URL that the browser was sent back to, pasted by the person. */
    LoginStatus redirected(URI pasted);

    @Override
    void close();
}
