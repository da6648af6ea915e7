// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.Secret;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouteTest {

    @Test
    void connectorIsReachedWithAndWithoutAKeyInThePath() {
        assertThat(Route.of("/mcp/notion"))
                .isEqualTo(new Route.ToConnector("notion", Optional.empty(), Optional.empty()));
        assertThat(Route.of("/mcp/notion/"))
                .isEqualTo(new Route.ToConnector("notion", Optional.empty(), Optional.empty()));
        assertThat(Route.of("/k/vgl_abc/mcp/notion"))
                .isEqualTo(new Route.ToConnector("notion", Optional.of(new Secret("vgl_abc")), Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource({
        "/mcp, notion",
        "/mcp/, notion",
        "/mcp/notion, notion",
        "/mcp/notion/, notion",
        "/mcp/post/aaaaaaaaaaaaaaaaaaaaaa, notion",
        "/mcp/notion/post/aaaaaaaaaaaaaaaaaaaaaa, notion",
        "/mcp/linear/post/aaaaaaaaaaaaaaaaaaaaaa, nowhere",
        "/k/vgl_abc/mcp, notion",
        "/k/vgl_abc/mcp/notion, notion",
        "/login/abc, page",
        "/mcp/linear, nowhere",
        "/k/vgl_abc/mcp/linear, nowhere",
        "/k/vgl_abc, nowhere",
        "/, nowhere",
        "/healthz, nowhere",
        "/api/status, nowhere",
        "/oauth/callback, nowhere"
    })
    void portOfAConnectorLeadsToItAlone(String path, String to) {
        Route route = Route.onPortOf("notion", path);
        if (route instanceof Route.ToConnector connector) {
            assertThat(connector.name()).isEqualTo(to);
            assertThat(connector.key().isPresent()).isEqualTo(path.startsWith("/k/"));
        } else {
            assertThat(route).isEqualTo(to.equals("page") ? new Route.ToPage() : new Route.Nowhere());
            assertThat(to).isNotEqualTo("notion");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/healthz", "/oauth/callback", "/api/status", "/login/abc", "/api/logins/7"})
    void ownPagesAreFound(String path) {
        assertThat(Route.of(path)).isEqualTo(new Route.ToPage());
    }

    /** Among them what clients ask for when they look for an authorization server: they must not find one. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/mcp",
                "/mcp/",
                "/mcp/No-Such",
                "/mcp/a/b",
                "/mcp/../api/status",
                "/k//mcp/notion",
                "/k/key/api/status",
                "/k/key",
                "/register",
                "/.well-known/oauth-protected-resource/mcp/notion",
                "/.well-known/oauth-authorization-server",
                "/oauth/callback/",
                "/healthz/x",
                "*"
            })
    void allElseIsNowhere(String path) {
        assertThat(Route.of(path)).isEqualTo(new Route.Nowhere());
    }
}
