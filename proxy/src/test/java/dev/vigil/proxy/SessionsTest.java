// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import static dev.vigil.proxy.RunningProxy.call;
import static dev.vigil.proxy.RunningProxy.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.Connector;
import dev.vigil.session.LoginKey;
import dev.vigil.session.Session;
import dev.vigil.session.SessionOwner;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions of clients, and what becomes of them when the upstream forgets its own. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SessionsTest {
    private static final String INITIALIZE = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{"
            + "\"protocolVersion\":\"2025-06-18\",\"capabilities\":{\"roots\":{}},"
            + "\"clientInfo\":{\"name\":\"a client\",\"version\":\"7\"}}}";
    private static final String LEVEL =
            "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"logging/setLevel\",\"params\":{\"level\":\"debug\"}}";
    private static final String SUBSCRIBE =
            "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"resources/subscribe\",\"params\":{\"uri\":\"file:///a\"}}";

    private final Set<String> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger minted = new AtomicInteger();
    private final ScriptedUpstream upstream;
    private final RunningProxy proxy;
    private volatile int statusOfUnknown = 404;

    SessionsTest() throws IOException {
        upstream = new ScriptedUpstream(this::answer);
        proxy = new RunningProxy(upstream.url()).loggedIn(Duration.ofHours(1));
    }

    private void answer(ScriptedUpstream.Seen request, OutputStream out) throws IOException {
        String session = request.header("mcp-session-id");
        if (request.body().contains("\"initialize\"")) {
            String id = "upstream-" + minted.incrementAndGet();
            open.add(id);
            ScriptedUpstream.json(out, 200, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}", "Mcp-Session-Id: " + id);
        } else if (!open.contains(session)) {
            ScriptedUpstream.json(
                    out, statusOfUnknown, "{\"error\":{\"code\":-32000,\"message\":\"No valid session ID\"}}");
        } else if (request.method().equals("DELETE")) {
            open.remove(session);
            ScriptedUpstream.write(out, "HTTP/1.1 204 No Content\r\n\r\n");
        } else if (request.body().contains("notifications/")) {
            ScriptedUpstream.write(out, "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n");
        } else {
            ScriptedUpstream.json(out, 200, "{\"jsonrpc\":\"2.0\",\"id\":4,\"result\":{\"by\":\"" + session + "\"}}");
        }
    }

    @AfterEach
    void close() throws IOException {
        proxy.close();
        upstream.close();
    }

    @Test
    void clientSeesAnIdOfOursAndTheUpstreamItsOwn() throws Exception {
        String id = begin();
        assertThat(id).doesNotContain("upstream").hasSizeGreaterThan(20);
        assertThat(post(id, call(4, "search")).body()).contains("\"by\":\"upstream-1\"");
        assertThat(methods()).containsExactly("initialize", "tools/call");
    }

    /** As after {@code vigil remove} and {@code vigil add} of the same name: no other server hears of it, in no request. */
    @Test
    void sessionWithAServerThatTheConnectorUsedToLeadToIsOver() throws Exception {
        Connector before = Connector.oauth(proxy.connector.name(), URI.create("https://before.example/mcp"));
        LoginKey login = LoginKey.of(Optional.empty());
        Session old = proxy.sessions.mint(SessionOwner.of(before, Optional.of("test-client")), login, INITIALIZE);
        old.begun(login, Optional.of("secret-of-another-server"));

        assertThat(post(old.id(), call(4, "search")).statusCode()).isEqualTo(404);
        proxy.send(with(old.id()).DELETE().build(), HttpResponse.BodyHandlers.ofString());
        assertThat(upstream.seen).noneMatch(one -> one.header("mcp-session-id").contains("secret"));
    }

    @Test
    void sessionThatNobodyHasIsToldAtOnceAndTheUpstreamIsNotAsked() throws Exception {
        HttpResponse<String> answer = post("upstream-1", call(4, "search"));
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("\"id\":4").contains("session_over");
        assertThat(upstream.seen).isEmpty();
    }

    /** MCP 2025-11-25, "Session Management": whatever shows it is told, and nothing of it reaches the upstream. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}",
                "{\"jsonrpc\":\"2.0\",\"id\":3,\"result\":{\"roots\":[]}}",
            })
    void notificationAndResponseOfASessionThatNobodyHasAreToldToo(String body) throws Exception {
        HttpResponse<String> answer = post("upstream-1", body);
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("\"id\":null").contains("this session with notion is over");
        assertThat(upstream.seen).isEmpty();
    }

    @Test
    void endOfASessionThatNobodyHasIsToldAndLeavesTheOthers() throws Exception {
        String id = begin();
        HttpResponse<String> answer = proxy.send(
                proxy.request().header("Mcp-Session-Id", "upstream-1").DELETE().build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(methods()).containsExactly("initialize");
        assertThat(post(id, call(4, "search")).body()).contains("\"by\":\"upstream-1\"");
    }

    @Test
    void forgottenSessionIsBegunAnewWithAllThatTheClientHadAskedForAndTheCallIsSentOnceMore() throws Exception {
        String id = begin();
        post(id, LEVEL);
        post(id, SUBSCRIBE);
        post(id, SUBSCRIBE.replace("file:///a", "file:///b"));
        post(id, SUBSCRIBE.replace("resources/subscribe", "resources/unsubscribe"));
        open.clear();
        upstream.seen.clear();
        assertThat(post(id, call(4, "search")).body()).contains("\"by\":\"upstream-2\"");
        assertThat(methods())
                .containsExactly(
                        "tools/call",
                        "initialize",
                        "notifications/initialized",
                        "logging/setLevel",
                        "resources/subscribe",
                        "tools/call");
        assertThat(upstream.seen.get(1).body()).isEqualTo(INITIALIZE);
        assertThat(upstream.seen.get(1).header("mcp-session-id")).isEmpty();
        assertThat(upstream.seen.get(2).header("mcp-protocol-version")).isEqualTo("2025-06-18");
        assertThat(upstream.seen.get(3).body()).isEqualTo(LEVEL);
        assertThat(upstream.seen.get(4).body()).contains("file:///b");
        assertThat(upstream.seen.subList(1, 6))
                .allMatch(seen -> seen.header("authorization").equals("Bearer token-1"));
        assertThat(upstream.seen.subList(2, 6))
                .allMatch(seen -> seen.header("mcp-session-id").equals("upstream-2"));
    }

    /** Some servers say 400 where the specification says 404. */
    @Test
    void badRequestAboutTheSessionCountsAsForgotten() throws Exception {
        String id = begin();
        open.clear();
        statusOfUnknown = 400;
        assertThat(post(id, call(4, "search")).body()).contains("\"by\":\"upstream-2\"");
    }

    @Test
    void badRequestAboutAnythingElseIsPassedAsItIs() throws Exception {
        String id = begin();
        String body = "{\"error\":{\"code\":-32602,\"message\":\"no such tool\"}}";
        upstream.script((request, out) -> ScriptedUpstream.json(out, 400, body));
        HttpResponse<String> answer = post(id, call(4, "search"));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).isEqualTo(body);
        assertThat(methods()).containsExactly("initialize", "tools/call");
    }

    @Test
    void sessionThatIsForgottenAgainAtOnceIsTheClientsToBegin() throws Exception {
        String id = begin();
        upstream.script((request, out) -> {
            open.clear();
            answer(request, out);
            open.clear();
        });
        assertThat(post(id, call(4, "search")).statusCode()).isEqualTo(404);
        assertThat(methods())
                .containsExactly("initialize", "tools/call", "initialize", "notifications/initialized", "tools/call");
    }

    @RepeatedTest(10)
    void manyCallsThatFindItForgottenBeginItOnce() throws Exception {
        String id = begin();
        open.clear();
        CountDownLatch allThere = new CountDownLatch(16);
        upstream.script((request, out) -> {
            if (request.header("mcp-session-id").equals("upstream-1")) {
                allThere.countDown();
                await(allThere);
            }
            answer(request, out);
        });
        List<CompletableFuture<String>> callers = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            CompletableFuture<String> caller = new CompletableFuture<>();
            new Thread(() -> {
                        try {
                            caller.complete(post(id, call(4, "search")).body());
                        } catch (Exception e) {
                            caller.completeExceptionally(e);
                        }
                    })
                    .start();
            callers.add(caller);
        }
        for (CompletableFuture<String> caller : callers) {
            assertThat(caller.get(30, TimeUnit.SECONDS)).contains("\"by\":\"upstream-2\"");
        }
        assertThat(minted).hasValue(2);
    }

    @Test
    void handshakeThatTheUpstreamRefusesLeavesItToTheClient() throws Exception {
        String id = begin();
        upstream.script((request, out) -> ScriptedUpstream.json(
                out, request.body().contains("\"initialize\"") ? 400 : 404, "{\"error\":\"session\"}"));
        HttpResponse<String> answer = post(id, call(4, "search"));
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("session_over").contains("not executed");
    }

    @Test
    void tokenThatIsRefusedInTheHandshakeIsRenewedAndAllGoesOn() throws Exception {
        String id = begin();
        open.clear();
        upstream.script((request, out) -> {
            if (request.body().contains("\"initialize\"")
                    && request.header("authorization").endsWith("token-1")) {
                ScriptedUpstream.json(out, 401, "{}");
            } else {
                answer(request, out);
            }
        });
        assertThat(post(id, call(4, "search")).body()).contains("\"by\":\"upstream-2\"");
        assertThat(proxy.refreshes).hasValue(1);
    }

    @Test
    void bodyTooLargeToHoldIsLeftToTheClient() throws Exception {
        String id = begin();
        open.clear();
        String large = call(4, "search").replace("{}", "{\"x\":\"" + "a".repeat(3_000_000) + "\"}");
        assertThat(post(id, large).statusCode()).isEqualTo(404);
        assertThat(minted).hasValue(1);
    }

    @Test
    void endedSessionIsForgottenHereToo() throws Exception {
        String id = begin();
        assertThat(proxy.send(with(id).DELETE().build(), HttpResponse.BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(204);
        assertThat(open).isEmpty();
        assertThat(post(id, call(4, "search")).statusCode()).isEqualTo(404);
        assertThat(minted).hasValue(1);
    }

    @Test
    void newLoginBeginsTheUpstreamsSessionAnewAndTheClientKeepsItsOwn() throws Exception {
        String id = begin();
        proxy.loggedInAgain(2);
        assertThat(post(id, call(4, "search")).body()).contains("\"by\":\"upstream-2\"");
        assertThat(methods())
                .as("what belongs to one login is never used with another")
                .containsExactly("initialize", "initialize", "notifications/initialized", "tools/call");
    }

    @Test
    void refreshDoesNotTouchASession() throws Exception {
        String id = begin();
        upstream.script((request, out) -> {
            if (request.header("authorization").endsWith("token-1")) {
                ScriptedUpstream.json(out, 401, "{}");
            } else {
                answer(request, out);
            }
        });
        assertThat(post(id, call(4, "search")).body()).contains("\"by\":\"upstream-1\"");
        assertThat(minted).hasValue(1);
    }

    @Test
    void upstreamWithoutSessionsGetsNone() throws Exception {
        upstream.script((request, out) -> ScriptedUpstream.json(out, 200, "{\"id\":1,\"result\":{}}"));
        HttpResponse<String> answer = proxy.post(INITIALIZE);
        assertThat(answer.headers().firstValue("Mcp-Session-Id")).isEmpty();
        proxy.post(message(2, "tools/list"));
        assertThat(upstream.seen).hasSize(2);
    }

    private String begin() throws Exception {
        return proxy.post(INITIALIZE).headers().firstValue("Mcp-Session-Id").orElseThrow();
    }

    private HttpRequest.Builder with(String session) {
        return proxy.request().header("Mcp-Session-Id", session).header("MCP-Protocol-Version", "2025-06-18");
    }

    private HttpResponse<String> post(String session, String body) throws Exception {
        return proxy.send(
                with(session)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private List<String> methods() {
        return upstream.seen.stream()
                .map(seen -> seen.body().replaceAll(".*\"method\":\"([^\"]+)\".*", "$1"))
                .toList();
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(30, TimeUnit.SECONDS)) {
                throw new AssertionError("waited in vain");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
