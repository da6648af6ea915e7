// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import static dev.vigil.proxy.RunningProxy.call;
import static dev.vigil.proxy.RunningProxy.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.auth.Authorization.NeedsLogin;
import dev.vigil.auth.Connector;
import dev.vigil.auth.FailureCategory;
import dev.vigil.auth.GrantKind;
import dev.vigil.auth.RefreshOutcome.Refreshed;
import dev.vigil.auth.RefreshOutcome.Rejected;
import dev.vigil.auth.RefreshOutcome.Unreachable;
import dev.vigil.auth.RefreshSettings;
import dev.vigil.auth.Refusal;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The life of a request, over real sockets. */
class ExchangeTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final ScriptedUpstream.Script ECHO_ID =
            (request, out) -> ScriptedUpstream.json(out, 200, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}");

    private final ScriptedUpstream upstream;
    private RunningProxy proxy;

    ExchangeTest() throws IOException {
        upstream = new ScriptedUpstream(ECHO_ID);
        proxy = new RunningProxy(upstream.url());
    }

    @AfterEach
    void close() throws IOException {
        proxy.close();
        upstream.close();
    }

    /** Answers 401 to every token but this. */
    private static ScriptedUpstream.Script wanting(String token) {
        return (request, out) -> {
            if (request.header("authorization").equals("Bearer " + token)) {
                ECHO_ID.answer(request, out);
            } else {
                ScriptedUpstream.json(out, 401, "{}", "WWW-Authenticate: Bearer error=\"invalid_token\"");
            }
        };
    }

    @Test
    void requestReachesTheUpstreamWithOurTokenAndWithoutTheClients() throws Exception {
        proxy.loggedIn(HOUR);
        HttpResponse<String> answer = proxy.post(call(1, "search"));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}");
        ScriptedUpstream.Seen seen = upstream.seen.get(0);
        assertThat(seen.header("authorization")).isEqualTo("Bearer token-1");
        assertThat(seen.header("host")).isEqualTo("127.0.0.1:" + upstream.url().getPort());
        assertThat(seen.header("accept-encoding")).isEqualTo("identity");
        assertThat(seen.target()).isEqualTo("/mcp");
        assertThat(seen.body()).isEqualTo(call(1, "search"));
        ExchangeReport report = proxy.report();
        assertThat(report.client()).contains("test-client");
        assertThat(report.method()).contains("tools/call");
        assertThat(report.tool()).contains("search");
        assertThat(report.outcome()).isEqualTo("passed");
        assertThat(report.generation()).isEqualTo(1);
    }

    @Test
    void connectionsToTheUpstreamAreUsedAgain() throws Exception {
        proxy.loggedIn(HOUR);
        for (int i = 0; i < 20; i++) {
            proxy.post(call(i, "search"));
        }
        assertThat(upstream.connections.size()).isLessThanOrEqualTo(2);
    }

    @Test
    void refusedTokenLeadsToOneRefreshAndOneReplay() throws Exception {
        proxy.loggedIn(HOUR);
        upstream.script(wanting("token-2"));
        assertThat(proxy.post(call(1, "search")).statusCode()).isEqualTo(200);
        assertThat(proxy.refreshes).hasValue(1);
        assertThat(upstream.seen).hasSize(2);
        assertThat(upstream.seen.get(1).body()).isEqualTo(call(1, "search"));
        assertThat(proxy.report().outcome()).isEqualTo("replayed");
    }

    @Test
    void thirtyTwoRefusedAtOnceLeadToOneRefreshAndThirtyTwoGoodAnswers() throws Exception {
        proxy.loggedIn(HOUR);
        CountDownLatch allThere = new CountDownLatch(32);
        upstream.script((request, out) -> {
            if (request.header("authorization").equals("Bearer token-1")) {
                allThere.countDown();
                await(allThere);
            }
            wanting("token-2").answer(request, out);
        });
        List<CompletableFuture<Integer>> callers = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            int id = i;
            CompletableFuture<Integer> caller = new CompletableFuture<>();
            new Thread(() -> caller.complete(statusOf(call(id, "search")))).start();
            callers.add(caller);
        }
        for (CompletableFuture<Integer> caller : callers) {
            assertThat(caller.get(30, TimeUnit.SECONDS)).isEqualTo(200);
        }
        assertThat(proxy.refreshes).hasValue(1);
        assertThat(upstream.seen).hasSize(64);
    }

    private int statusOf(String body) {
        try {
            HttpResponse<String> answer = proxy.post(body);
            return answer.body().contains("isError") ? -1 : answer.statusCode();
        } catch (Exception e) {
            return -2;
        }
    }

    @Test
    void endedGrantIsAnsweredWithTheSkipAndTheUpstreamIsNotCalled() throws Exception {
        proxy.loggedIn(HOUR);
        upstream.script(wanting("nothing"));
        proxy.refresher(grant -> new Rejected(
                grant.refused(new Refusal("invalid_grant", proxy.time.now().wall())), "invalid_grant"));
        HttpResponse<String> first = proxy.post(call(7, "search"));
        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(first.body())
                .contains("\"id\":7")
                .contains("\"isError\":true")
                .contains("authorization expired for notion: skipped. The call to search was not sent."
                        + " A person must run: vigil login notion.")
                .contains("\"kind\":\"authorization_expired\"")
                .contains("\"reason\":\"invalid_grant\"");
        assertThat(first.headers().firstValue("WWW-Authenticate")).isEmpty();
        assertThat(proxy.keeper.look("notion")).isInstanceOf(NeedsLogin.class);
        int calls = upstream.seen.size();
        assertThat(proxy.post(call(8, "search")).body()).contains("authorization expired for notion: skipped.");
        assertThat(proxy.post(message(9, "resources/read")).body())
                .contains("\"id\":9")
                .contains("\"code\":1401");
        assertThat(proxy.post("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}")
                        .statusCode())
                .isEqualTo(202);
        assertThat(upstream.seen).hasSize(calls);
    }

    @Test
    void tokenThatIsRefusedThoughFreshIsSkippedAsPassingTrouble() throws Exception {
        proxy.loggedIn(HOUR);
        upstream.script(wanting("nothing"));
        String first = proxy.post(call(1, "search")).body();
        assertThat(first).contains("\"kind\":\"authorization_unavailable\"").contains("\"retryable\":true");
        proxy.post(call(2, "search"));
        assertThat(proxy.post(call(3, "search")).body()).contains("\"kind\":\"rejected_though_fresh\"");
    }

    @Test
    void outageOfTheTokenEndpointIsSkippedAsPassingTrouble() throws Exception {
        proxy.loggedIn(HOUR);
        upstream.script(wanting("token-2"));
        proxy.refresher(grant -> new Unreachable(FailureCategory.NETWORK, "connection refused", Optional.empty()));
        assertThat(proxy.post(call(1, "search")).body())
                .contains("\"kind\":\"authorization_unavailable\"")
                .contains("Nobody needs to log in");
    }

    @Test
    void expiredTokenIsShownOnceAMinuteWhileNobodyCanRenewIt() throws Exception {
        proxy.refresher(grant -> new Unreachable(FailureCategory.NETWORK, "connection refused", Optional.empty()));
        proxy.loggedIn(HOUR, proxy.time.now().wall().minus(HOUR.multipliedBy(2)));
        upstream.script(wanting("token-2"));
        for (int i = 1; i <= 3; i++) {
            assertThat(proxy.post(call(i, "search")).body())
                    .contains("\"kind\":\"authorization_unavailable\"")
                    .contains("\"retryable\":true");
        }
        assertThat(upstream.seen).as("the server's 401 decides, for a minute").hasSize(1);
    }

    @Test
    void expiredTokenThatTheUpstreamTakesGoesOnServing() throws Exception {
        proxy.refresher(grant -> new Unreachable(FailureCategory.NETWORK, "connection refused", Optional.empty()));
        proxy.loggedIn(HOUR, proxy.time.now().wall().minus(HOUR.multipliedBy(2)));
        upstream.script(wanting("token-1"));
        for (int i = 1; i <= 3; i++) {
            assertThat(proxy.post(call(i, "search")).body()).contains("\"result\"");
        }
    }

    @Test
    void expiryHiddenInAGoodAnswerStartsAVerificationAndPassesAsItIs() throws Exception {
        proxy.close();
        RefreshSettings rule = new RefreshSettings(
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.of("session expired"), true);
        proxy = new RunningProxy(new Connector(
                        "notion", upstream.url(), GrantKind.OAUTH, Optional.empty(), List.of(), Optional.empty(), rule))
                .loggedIn(HOUR);
        CountDownLatch verified = new CountDownLatch(1);
        proxy.refresher(grant -> {
            verified.countDown();
            return new Refreshed(proxy.renewed(grant), Optional.empty());
        });
        upstream.script((request, out) -> ScriptedUpstream.json(out, 200, "{\"result\":\"session expired\"}"));
        assertThat(proxy.post(call(1, "search")).body()).isEqualTo("{\"result\":\"session expired\"}");
        await(verified);
        assertThat(proxy.refreshes).hasValue(1);
    }

    @Test
    void bodyTooLargeToHoldIsRenewedAndAskedForAgain() throws Exception {
        proxy.loggedIn(HOUR);
        upstream.script(wanting("token-2"));
        String large = call(1, "search").replace("{}", "{\"x\":\"" + "a".repeat(3_000_000) + "\"}");
        assertThat(proxy.post(large).body())
                .contains("\"kind\":\"renewed_call_again\"")
                .contains("\"id\":1");
        assertThat(proxy.post(large).body()).contains("\"result\":{}");
        assertThat(proxy.refreshes).hasValue(1);
    }

    @Test
    void insufficientScopeIsNamedAndNothingIsRefreshed() throws Exception {
        proxy.loggedIn(HOUR);
        upstream.script((request, out) -> ScriptedUpstream.json(
                out, 403, "{}", "WWW-Authenticate: Bearer error=\"insufficient_scope\", scope=\"read write\""));
        assertThat(proxy.post(call(1, "search")).body())
                .contains("\"kind\":\"insufficient_scope\"")
                .contains("vigil login notion --scope read,write")
                .contains("\"scopes\":[\"read\",\"write\"]");
        upstream.script((request, out) -> ScriptedUpstream.json(out, 403, "{}"));
        assertThat(proxy.post(call(2, "search")).body()).contains("\"kind\":\"forbidden\"");
        assertThat(proxy.refreshes).hasValue(0);
    }

    @Test
    void staticKeyStandsInItsHeaderAndItsRefusalAsksForANewOne() throws Exception {
        proxy.close();
        proxy = new RunningProxy(RunningProxy.keyed(upstream.url())).loggedIn(HOUR);
        proxy.post(call(1, "search"));
        assertThat(upstream.seen.get(0).header("x-api-key")).isEqualTo("token-1");
        assertThat(upstream.seen.get(0).header("authorization")).isEmpty();
        upstream.script((request, out) -> ScriptedUpstream.json(out, 401, "{}"));
        assertThat(proxy.post(call(2, "search")).body())
                .contains("\"reason\":\"key_refused\"")
                .contains("vigil add keyed " + upstream.url() + " --header X-Api-Key");
    }

    @Test
    void eventsArriveOneByOneWhileTheStreamIsOpen() throws Exception {
        proxy.loggedIn(HOUR);
        CountDownLatch firstRead = new CountDownLatch(1);
        upstream.script((request, out) -> {
            eventStream(out);
            ScriptedUpstream.chunk(out, "data: one\n\n");
            await(firstRead);
            ScriptedUpstream.chunk(out, "data: two\n\n");
            ScriptedUpstream.write(out, "0\r\n\r\n");
        });
        HttpResponse<java.io.InputStream> answer = proxy.send(
                proxy.request()
                        .POST(HttpRequest.BodyPublishers.ofString(call(1, "slow")))
                        .build(),
                HttpResponse.BodyHandlers.ofInputStream());
        byte[] first = answer.body().readNBytes(11);
        assertThat(new String(first, StandardCharsets.UTF_8)).isEqualTo("data: one\n\n");
        firstRead.countDown();
        assertThat(new String(answer.body().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("data: two\n\n");
    }

    @Test
    void streamThatBreaksOffEndsWithAnErrorAndNeverWithATornEvent() throws Exception {
        proxy.loggedIn(HOUR);
        upstream.script((request, out) -> {
            eventStream(out);
            ScriptedUpstream.chunk(out, "data: one\n\ndata: {\"torn\":");
            throw new IOException("break off");
        });
        String body = proxy.post(call(5, "slow")).body();
        assertThat(body).startsWith("data: one\n\nevent: message\ndata: {\"jsonrpc\":\"2.0\",\"id\":5,\"error\"");
        assertThat(body)
                .contains("\"kind\":\"answer_lost\"")
                .contains("\"sent\":\"unknown\"")
                .doesNotContain("torn");
        assertThat(proxy.report().outcome()).isEqualTo("failed");
    }

    /** An event more would not fit into the length that the client was told. */
    @Test
    void streamOfAnnouncedLengthThatBreaksOffIsReset() throws Exception {
        proxy.loggedIn(HOUR);
        upstream.script((request, out) -> {
            ScriptedUpstream.write(
                    out,
                    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 900\r\n\r\ndata: {}\n\n");
            throw new IOException("gone");
        });
        assertThatThrownBy(() -> proxy.post(call(7, "search")))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(HttpTimeoutException.class);
        assertThat(proxy.report().outcome()).isEqualTo("failed");
    }

    @Test
    void shortJsonThatBreaksOffIsAnErrorAndALongOneAReset() throws Exception {
        proxy.loggedIn(HOUR);
        upstream.script((request, out) -> {
            ScriptedUpstream.write(
                    out,
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"jsonrpc\"");
            throw new IOException("break off");
        });
        assertThat(proxy.post(call(6, "search")).body()).contains("\"id\":6").contains("may have taken effect");
        upstream.script((request, out) -> {
            ScriptedUpstream.write(
                    out, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500000\r\n\r\n");
            ScriptedUpstream.write(out, "x".repeat(200_000));
            throw new IOException("break off");
        });
        assertThat(statusOf(call(7, "search")))
                .as("the client sees a broken answer")
                .isEqualTo(-2);
    }

    @Test
    void toolCallIsNeverSentTwiceButAListIsOnAConnectionThatHadBeenIdle() throws Exception {
        proxy.loggedIn(HOUR);
        proxy.post(call(1, "search"));
        upstream.script((request, out) -> {
            throw new IOException("close without a word");
        });
        assertThat(proxy.post(call(2, "search")).body()).contains("\"kind\":\"answer_lost\"");
        assertThat(upstream.seen).hasSize(2);

        upstream.script(ECHO_ID);
        proxy.post(call(3, "search"));
        boolean[] closed = new boolean[1];
        upstream.script((request, out) -> {
            if (!closed[0]) {
                closed[0] = true;
                throw new IOException("close without a word, once");
            }
            ECHO_ID.answer(request, out);
        });
        assertThat(proxy.post(message(4, "tools/list")).body()).contains("\"result\":{}");
    }

    @Test
    void unreachableUpstreamIsA503AtConnectAndAnErrorElsewhere() throws Exception {
        proxy.close();
        proxy = new RunningProxy(URI.create("http://127.0.0.1:" + freePort() + "/mcp")).loggedIn(HOUR);
        HttpResponse<String> connecting = proxy.post(message(1, "initialize"));
        assertThat(connecting.statusCode()).isEqualTo(503);
        assertThat(connecting.body()).contains("\"id\":1").contains("\"kind\":\"upstream_unreachable\"");
        HttpResponse<String> calling = proxy.post(call(2, "search"));
        assertThat(calling.statusCode()).isEqualTo(200);
        assertThat(calling.body()).contains("\"code\":1502").contains("\"sent\":false");
    }

    @Test
    void upstreamThatSpeaksNoMcpIsToldPlainly() throws Exception {
        proxy.loggedIn(HOUR);
        upstream.script((request, out) -> ScriptedUpstream.write(
                out, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>"));
        assertThat(proxy.post(call(1, "search")).body())
                .contains("\"kind\":\"not_mcp\"")
                .contains("text/html")
                .doesNotContain("<html>");
        upstream.script((request, out) -> ScriptedUpstream.write(out, "SSH-2.0-OpenSSH_9.2\r\n\r\n"));
        assertThat(proxy.post(call(2, "search")).body())
                .contains("\"kind\":\"answer_lost\"")
                .contains("not HTTP");
    }

    @Test
    void redirectWithinTheOriginIsFollowedOnceAndRememberedAnyOtherIsNot() throws Exception {
        proxy.loggedIn(HOUR);
        upstream.script((request, out) -> {
            if (request.target().equals("/mcp")) {
                ScriptedUpstream.json(out, 307, "", "Location: /v2/mcp");
            } else {
                ECHO_ID.answer(request, out);
            }
        });
        assertThat(proxy.post(call(1, "search")).body()).contains("\"result\":{}");
        proxy.post(call(2, "search"));
        assertThat(upstream.seen.stream().map(ScriptedUpstream.Seen::target))
                .containsExactly("/mcp", "/v2/mcp", "/v2/mcp");
        try (ScriptedUpstream elsewhere = new ScriptedUpstream(ECHO_ID)) {
            upstream.script((request, out) -> ScriptedUpstream.json(out, 307, "", "Location: " + elsewhere.url()));
            HttpResponse<String> answer = proxy.post(call(3, "search"));
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Location")).isEmpty();
            assertThat(answer.body())
                    .contains("\"kind\":\"redirected\"")
                    .contains(elsewhere.url().toString());
            assertThat(elsewhere.seen).isEmpty();
        }
    }

    @Test
    void clientThatLeavesFreesTheUpstream() throws Exception {
        proxy.loggedIn(HOUR);
        CountDownLatch open = new CountDownLatch(1);
        upstream.script((request, out) -> {
            eventStream(out);
            open.countDown();
            while (true) {
                ScriptedUpstream.chunk(out, ": still here\n\n");
            }
        });
        try (Socket client = proxy.socket()) {
            String body = call(1, "slow");
            ScriptedUpstream.write(
                    client.getOutputStream(),
                    "POST /mcp/notion HTTP/1.1\r\nHost: 127.0.0.1:" + proxy.server.port() + "\r\nAuthorization: Bearer "
                            + RunningProxy.KEY + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
            await(open);
        }
        assertThat(upstream.clientLeft.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(proxy.report().outcome()).isEqualTo("client_left");
    }

    @Test
    void serverThatSwitchesProtocolsIsToldOfAsALostAnswer() throws Exception {
        proxy.loggedIn(HOUR);
        upstream.script(
                (request, out) -> ScriptedUpstream.write(
                        out,
                        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nwhat now follows"));
        assertThat(proxy.post(call(1, "search")).body())
                .contains("answer_lost")
                .contains("it wants to speak another protocol");
    }

    /** Connections are kept, and a client's next request may come on the one of its last. */
    @Test
    void requestIsAnsweredAfterADeleteThatNobodyWasAskedFor() throws Exception {
        proxy.loggedIn(HOUR);
        upstream.script(wanting("nothing"));
        proxy.refresher(grant -> new Rejected(
                grant.refused(new Refusal("invalid_grant", proxy.time.now().wall())), "invalid_grant"));
        proxy.post(call(1, "search"));
        String head = " /mcp/notion HTTP/1.1\r\nHost: 127.0.0.1:" + proxy.server.port() + "\r\nAuthorization: Bearer "
                + RunningProxy.KEY + "\r\n";
        String body = call(2, "search");
        try (Socket client = proxy.socket()) {
            ScriptedUpstream.write(client.getOutputStream(), "DELETE" + head + "\r\n");
            byte[] accepted = client.getInputStream().readNBytes("HTTP/1.1 202".length());
            assertThat(new String(accepted, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 202");
            ScriptedUpstream.write(
                    client.getOutputStream(),
                    "POST" + head + "Connection: close\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
            assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .contains("authorization_expired");
        }
    }

    @Test
    void expiredTokenIsRenewedBeforeTheRequestIsSent() throws Exception {
        proxy.loggedIn(Duration.ofMillis(1));
        upstream.script(wanting("token-2"));
        assertThat(proxy.post(call(1, "search")).statusCode()).isEqualTo(200);
        assertThat(upstream.seen).as("nothing was sent with the expired one").hasSize(1);
    }

    @Test
    void manyWaitersForAnExpiredTokenShareOneRefresh() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        proxy.refresher(grant -> {
            await(release);
            return new Refreshed(proxy.renewed(grant), Optional.empty());
        });
        proxy.loggedIn(Duration.ofMillis(1));
        List<CompletableFuture<Integer>> callers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            int id = i;
            callers.add(CompletableFuture.supplyAsync(
                    () -> statusOf(call(id, "search")), task -> new Thread(task).start()));
        }
        release.countDown();
        for (CompletableFuture<Integer> caller : callers) {
            assertThat(caller.get(20, TimeUnit.SECONDS)).isEqualTo(200);
        }
        assertThat(proxy.refreshes).hasValue(1);
    }

    private static void eventStream(java.io.OutputStream out) throws IOException {
        ScriptedUpstream.write(
                out, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(20, TimeUnit.SECONDS)) {
                throw new AssertionError("waited in vain");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
