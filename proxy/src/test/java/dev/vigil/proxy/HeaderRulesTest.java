// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.auth.Connector;
import dev.vigil.auth.Grant;
import dev.vigil.auth.Grants;
import dev.vigil.auth.Secret;
import dev.vigil.auth.TokenSet;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderRulesTest {
    private static final Connector NOTION = Connector.oauth("notion", Grants.SERVER);
    private static final Grant GRANT = Grants.lasting(Duration.ofHours(1), Instant.parse("2026-11-21T08:00:00Z"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection",
                "Keep-Alive",
                "Proxy-Authorization",
                "Proxy-Connection",
                "TE",
                "Trailer",
                "Upgrade",
                "Origin",
                "Referer",
                "Cookie",
                "Expect",
                "Forwarded",
                "X-Named"
            })
    void whatSpeaksAboutOneConnectionOrThisMachineStaysHere(String name) {
        HttpRequest request = request();
        request.headers().set("Connection", "keep-alive, x-named").set(name, "value");
        assertThat(toUpstream(request).contains(name)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Accept",
                "Content-Type",
                "Content-Length",
                "Mcp-Session-Id",
                "MCP-Protocol-Version",
                "Mcp-Method",
                "Mcp-Name",
                "Mcp-Param-Region",
                "Last-Event-ID",
                "User-Agent",
                "traceparent",
                "X-Anything"
            })
    void allElsePassesUnchanged(String name) {
        HttpRequest request = request();
        request.headers().add(name, "a  b").add(name, "2");
        assertThat(toUpstream(request).getAll(name)).containsExactly("a  b", "2");
    }

    /** Or the body would follow a head that says nothing of it, and be read as the next request. */
    @Test
    void connectionHeaderCannotTakeTheBodysLengthAway() {
        HttpRequest request = request();
        request.headers().set("Connection", "content-length, X-Named").set("Content-Length", "5");
        assertThat(toUpstream(request).getAll("Content-Length")).containsExactly("5");
        request.headers().remove("Content-Length").set("Transfer-Encoding", "chunked");
        assertThat(toUpstream(request).getAll("Transfer-Encoding")).containsExactly("chunked");
    }

    @Test
    void clientsAuthorizationIsReplacedByOursAndNeverForwarded() {
        HttpRequest request = request();
        request.headers().add("authorization", "Bearer local-key").add("Authorization", "Bearer two");
        assertThat(toUpstream(request).getAll("Authorization")).containsExactly("Bearer access-1");
        HttpHeaders none = HeaderRules.toUpstream(request, NOTION.url(), NOTION, Optional.empty())
                .headers();
        assertThat(none.contains("Authorization")).isFalse();
    }

    @Test
    void tokenGoesToTheOriginItIsBoundToAndToNoOther() {
        Connector moved = Connector.oauth("notion", URI.create("https://mcp.example.com:8443/mcp"));
        assertThatThrownBy(() -> HeaderRules.toUpstream(request(), moved.url(), moved, Optional.of(GRANT)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageNotContaining("access-1");
        URI elsewhere = URI.create("https://evil.example/mcp");
        assertThatThrownBy(() -> HeaderRules.toUpstream(request(), elsewhere, NOTION, Optional.of(GRANT)))
                .isInstanceOf(IllegalStateException.class);
        Connector other = Connector.oauth("linear", Grants.SERVER);
        assertThatThrownBy(() -> HeaderRules.toUpstream(request(), other.url(), other, Optional.of(GRANT)))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void tokenWithALineEndIsNotWritten() {
        TokenSet tokens = GRANT.tokens();
        Grant bad = GRANT.withTokens(new TokenSet(
                new Secret("a\r\nX-Evil: 1"),
                tokens.refreshToken(),
                tokens.obtainedAt(),
                tokens.expiresAt(),
                tokens.refreshAt(),
                tokens.source(),
                1,
                Optional.empty()));
        assertThatThrownBy(() -> HeaderRules.toUpstream(request(), NOTION.url(), NOTION, Optional.of(bad)))
                .isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "https://h/mcp,      /mcp/x,       /mcp",
                "https://h,          /mcp/x,       /",
                "https://h/a?k=1,    /mcp/x,       /a?k=1",
                "https://h/a,        /mcp/x?q=2,   /a?q=2",
                "https://h/a?k=1,    /mcp/x?q=2,   /a?k=1&q=2",
                "https://h/a%20b,    /mcp/x,       /a%20b",
            })
    void pathIsTheConfiguredOneWithTheClientsQuery(String url, String asked, String path) {
        Connector connector = Connector.oauth("x", URI.create(url));
        HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, asked);
        assertThat(HeaderRules.toUpstream(request, connector.url(), connector, Optional.empty())
                        .uri())
                .isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "WWW-Authenticate",
                "Location",
                "Set-Cookie",
                "Alt-Svc",
                "Strict-Transport-Security",
                "Keep-Alive",
                "Trailer"
            })
    void whatWouldLeadAClientPastUsIsTakenOut(String name) {
        HttpResponse answer = answer(200);
        answer.headers().set(name, "value");
        assertThat(HeaderRules.toClient(answer, HttpVersion.HTTP_1_1, true)
                        .headers()
                        .contains(name))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        // status, upstream's length, client's version, kept; transfer encoding and connection that the client sees
        "200, 5,  HTTP/1.1, true,  , ",
        "200, ,   HTTP/1.1, true,  chunked, ",
        "200, ,   HTTP/1.1, false, chunked, close",
        "200, ,   HTTP/1.0, true,  , close",
        "200, 5,  HTTP/1.0, true,  , keep-alive",
        "204, ,   HTTP/1.1, true,  , ",
    })
    void clientCanTellWhereTheAnswerEnds(
            int status, String length, String version, boolean keep, String encoding, String connection) {
        HttpResponse answer = answer(status);
        if (length != null) {
            answer.headers().set("Content-Length", length);
        }
        HttpHeaders seen =
                HeaderRules.toClient(answer, HttpVersion.valueOf(version), keep).headers();
        assertThat(seen.get("Transfer-Encoding")).isEqualTo(encoding);
        assertThat(seen.get("Connection")).isEqualTo(connection);
        assertThat(seen.get("Content-Length")).isEqualTo(length);
    }

    private static HttpRequest request() {
        return new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/mcp/notion");
    }

    private static HttpHeaders toUpstream(HttpRequest request) {
        return HeaderRules.toUpstream(request, NOTION.url(), NOTION, Optional.of(GRANT))
                .headers();
    }

    private static HttpResponse answer(int status) {
        return new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
    }
}
