// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import static dev.vigil.proxy.RunningProxy.call;
import static dev.vigil.proxy.RunningProxy.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.RefreshOutcome.Rejected;
import dev.vigil.auth.Refusal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A login dies, and comes back, under a stream of the server's that a client has open all the while. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OpenStreamTest {
    private static final String NEWS = "\"method\":\"notifications/tools/list_changed\"";
    private static final String META = "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\"}";
    private static final String LISTEN = "{\"jsonrpc\":\"2.0\",\"id\":\"s-1\",\"method\":\"subscriptions/listen\","
            + "\"params\":{\"notifications\":{\"toolsListChanged\":true}," + META + "}}";

    private final CountDownLatch speak = new CountDownLatch(1);
    private final ScriptedUpstream upstream;
    private final RunningProxy proxy;
    private volatile boolean refusing;

    OpenStreamTest() throws IOException {
        upstream = new ScriptedUpstream(this::answer);
        proxy = new RunningProxy(upstream.url()).loggedIn(Duration.ofHours(1));
        proxy.refresher(grant -> new Rejected(
                grant.refused(new Refusal("invalid_grant", proxy.time.now().wall())), "invalid_grant"));
    }

    private void answer(ScriptedUpstream.Seen request, OutputStream out) throws IOException {
        String body = request.body();
        if (refusing) {
            ScriptedUpstream.json(out, 401, "{}");
        } else if (request.method().equals("GET") || body.contains("subscriptions/listen")) {
            ScriptedUpstream.write(
                    out, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
            ScriptedUpstream.chunk(out, "data: \"first\"\n\n");
            await(speak);
            ScriptedUpstream.chunk(out, "data: \"second\"\n\n");
            ScriptedUpstream.write(out, "0\r\n\r\n");
        } else if (body.contains("\"initialize\"")) {
            ScriptedUpstream.json(out, 200, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}", "Mcp-Session-Id: up");
        } else {
            ScriptedUpstream.json(out, 200, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"content\":[]}}");
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void close() throws IOException {
        speak.countDown();
        proxy.close();
        upstream.close();
    }

    @Test
    void getStreamStaysTheServersAndAnnouncesTheRecovery() throws Exception {
        String session = proxy.post(message(1, "initialize"))
                .headers()
                .firstValue("Mcp-Session-Id")
                .orElseThrow();
        try (BufferedReader stream = open(in(session).GET())) {
            assertStaysThroughADeadLogin(stream, session, message(2, "tools/list"), NEWS + "}");
        }
    }

    @Test
    void listeningStreamOf20260728DoesTheSameInItsOwnWords() throws Exception {
        try (BufferedReader stream = open(proxy.request()
                .header("MCP-Protocol-Version", "2026-07-28")
                .header("Mcp-Method", "subscriptions/listen")
                .POST(BodyPublishers.ofString(LISTEN)))) {
            String list = message(2, "tools/list").replace("\"x\":{\"id\":99}", META);
            String named = NEWS + ",\"params\":{\"_meta\":{\"io.modelcontextprotocol/subscriptionId\":\"s-1\"}}";
            assertStaysThroughADeadLogin(stream, "", list, named);
        }
    }

    private void assertStaysThroughADeadLogin(BufferedReader stream, String session, String list, String news)
            throws Exception {
        assertThat(next(stream)).isEqualTo("data: \"first\"");
        refusing = true;
        assertThat(post(session, call(3, "search"))).contains("authorization expired for notion: skipped");
        assertThat(post(session, list)).contains("authorization_expired");
        refusing = false;
        proxy.loggedInAgain(2);
        assertThat(next(stream)).isEqualTo("event: message");
        assertThat(next(stream)).startsWith("data: {").contains(news);
        speak.countDown();
        assertThat(next(stream)).as("of the same stream of the server's").isEqualTo("data: \"second\"");
        assertThat(post(session, call(4, "search"))).contains("\"content\":[]").doesNotContain(NEWS);
        assertThat(upstream.seen).filteredOn(request -> isStream(request)).hasSize(1);
    }

    private static boolean isStream(ScriptedUpstream.Seen request) {
        return request.method().equals("GET") || request.body().contains("subscriptions/listen");
    }

    private HttpRequest.Builder in(String session) {
        HttpRequest.Builder request = proxy.request();
        return session.isEmpty()
                ? request
                : request.header("Mcp-Session-Id", session).header("MCP-Protocol-Version", "2025-06-18");
    }

    private String post(String session, String body) throws Exception {
        return proxy.send(in(session).POST(BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private BufferedReader open(HttpRequest.Builder request) throws Exception {
        HttpResponse<InputStream> answer = proxy.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        assertThat(answer.statusCode()).isEqualTo(200);
        return new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
    }

    /** The next line that says something. */
    private static String next(BufferedReader stream) throws IOException {
        String line = stream.readLine();
        while (line != null && (line.isEmpty() || line.equals(":"))) {
            line = stream.readLine();
        }
        return String.valueOf(line);
    }
}
