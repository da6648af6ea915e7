// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import static dev.vigil.oauth.FakeAuthServer.MCP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.vigil.auth.Connector;
import dev.vigil.auth.Elsewhere;
import dev.vigil.auth.Grant;
import dev.vigil.auth.GrantKind;
import dev.vigil.auth.LossBook;
import dev.vigil.auth.MemoryVault;
import dev.vigil.auth.PersonLogin;
import dev.vigil.auth.PinnedClient;
import dev.vigil.auth.RefreshPolicy;
import dev.vigil.auth.RefreshSettings;
import dev.vigil.auth.Timeline;
import dev.vigil.oauth.LoginException.Kind;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** A connector that wants to log in, and all that it takes. */
abstract class LoginFixture {
    static final URI CALLBACK = URI.create("http://127.0.0.1:7470/oauth/callback");
    static final Connector NOTION = Connector.oauth("notion", MCP);

    final Timeline time = new Timeline();
    final FakeAuthServer server = new FakeAuthServer(time);
    final MemoryVault vault = new MemoryVault(time);
    final MemoryClients clients = new MemoryClients();
    final RefreshPolicy policy = new RefreshPolicy("machine", name -> RefreshSettings.DEFAULT);
    final List<PersonLogin> counted = new ArrayList<>();
    final LoginSetup setup = new LoginSetup(
            server, vault, clients, policy, time, CALLBACK, LossBook.BLANK, Elsewhere.NOWHERE, counted::add);

    Login begin(Connector connector) throws LoginException {
        return Login.begin(connector, Optional.empty(), setup);
    }

    LoginReport login(Connector connector) throws LoginException {
        Login login = begin(connector);
        return login.finish(server.approve(login.authorizationUrl()));
    }

    Grant saved() {
        return vault.load("notion").orElseThrow();
    }

    static String refused(ThrowingCallable work, Kind kind) {
        LoginException refusal = catchThrowableOfType(LoginException.class, work);
        assertThat(refusal).as("refusal").isNotNull();
        assertThat(refusal.kind()).isEqualTo(kind);
        return refusal.getMessage();
    }

    static Connector connector(List<String> scopes, Optional<PinnedClient> client) {
        return new Connector("notion", MCP, GrantKind.OAUTH, Optional.empty(), scopes, client, RefreshSettings.DEFAULT);
    }
}
