// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import static dev.vigil.proxy.RunningProxy.call;
import static dev.vigil.proxy.RunningProxy.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.RefreshOutcome.Rejected;
import dev.vigil.auth.Refusal;
import dev.vigil.snapshot.Owner;
import dev.vigil.snapshot.SnapshotTaker;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What clients are given while a login is dead or a server in trouble, and how they hear that it is over. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StandInTurnTest {
    private static final String INITIALIZE = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{"
            + "\"protocolVersion\":\"2025-06-18\",\"capabilities\":{},\"clientInfo\":{\"name\":\"c\",\"version\":\"1\"}}}";
    private static final String LISTEN = "{\"jsonrpc\":\"2.0\",\"id\":\"s-1\",\"method\":\"subscriptions/listen\","
            + "\"params\":{\"notifications\":{\"toolsListChanged\":true},\"_meta\":{"
            + "\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\"}}}";
    private static final String SENTENCE =
            "authorization expired for notion: skipped. A person must run: vigil login notion.";

    private final ScriptedUpstream upstream;
    private final RunningProxy proxy;
    private volatile boolean refusing;

    StandInTurnTest() throws IOException {
        upstream = new ScriptedUpstream(this::answer);
        proxy = new RunningProxy(upstream.url()).loggedIn(Duration.ofHours(1));
        proxy.refresher(grant -> new Rejected(
                grant.refused(new Refusal("invalid_grant", proxy.time.now().wall())), "invalid_grant"));
    }

    /** A server of the legacy era with one tool, whose token is good as long as nobody refuses it. */
    private void answer(ScriptedUpstream.Seen request, OutputStream out) throws IOException {
        String body = request.body();
        if (refusing) {
            ScriptedUpstream.json(out, 401, "{}");
        } else if (request.method().equals("GET") || body.contains("subscriptions/listen")) {
            ScriptedUpstream.write(
                    out, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
            ScriptedUpstream.chunk(out, "data: {\"from\":\"upstream\"}\n\n");
            ScriptedUpstream.write(out, "0\r\n\r\n");
        } else if (body.contains("\"initialize\"")) {
            result(
                    out,
                    request,
                    "{\"protocolVersion\":\"2025-06-18\",\"capabilities\":{\"tools\":{}},"
                            + "\"serverInfo\":{\"name\":\"real\",\"version\":\"1\"}}",
                    "Mcp-Session-Id: upstream-1");
        } else if (body.contains("tools/list")) {
            result(out, request, "{\"tools\":[{\"name\":\"search\",\"inputSchema\":{\"type\":\"object\"}}]}");
        } else if (body.contains("server/discover")) {
            ScriptedUpstream.json(
                    out, 400, "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32600,\"message\":\"no\"}}");
        } else if (body.contains("notifications/")) {
            ScriptedUpstream.write(out, "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n");
        } else {
            result(out, request, "{\"content\":[]}");
        }
    }

    private static void result(OutputStream out, ScriptedUpstream.Seen request, String result, String... headers)
            throws IOException {
        String id = request.body().replaceAll(".*\"id\":([0-9]+|\"[^\"]*\")[,}].*", "$1");
        ScriptedUpstream.json(out, 200, "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":" + result + "}", headers);
    }

    @AfterEach
    void close() throws IOException {
        proxy.close();
        upstream.close();
    }

    @Test
    void deadLoginOfAServerNeverSeenShowsOneToolThatSaysIt() throws Exception {
        die();
        HttpResponse<String> initialized = proxy.post(INITIALIZE);
        assertThat(initialized.statusCode()).isEqualTo(200);
        assertThat(initialized.body()).contains("\"id\":1").contains("\"listChanged\":true");
        String id = initialized.headers().firstValue("Mcp-Session-Id").orElseThrow();
        assertThat(post(id, message(2, "tools/list")).body())
                .contains("\"name\":\"authorization_expired\"")
                .contains(SENTENCE)
                .contains("\"anthropic/alwaysLoad\":true");
        assertThat(post(id, call(3, "authorization_expired")).body())
                .contains("\"isError\":true")
                .contains("authorization expired for notion: skipped. The call to authorization_expired was not sent.");
        assertThat(post(id, message(4, "ping")).body()).contains("\"result\"");
        assertThat(upstream.seen).as("the token that was refused").hasSize(1);
    }

    @Test
    void afterTheLoginTheNextCallBeginsTheSessionTellsTheNewsAndIsAnswered() throws Exception {
        String id = connectedWhileDead();
        upstream.seen.clear();
        comeBack();
        HttpResponse<String> answer = post(id, call(4, "search"));
        assertThat(answer.headers().firstValue("Content-Type")).contains("text/event-stream");
        assertThat(events(answer.body()))
                .containsExactly(
                        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}",
                        "{\"jsonrpc\":\"2.0\",\"id\":4,\"result\":{\"content\":[]}}");
        assertThat(upstream.seen.get(0).body()).isEqualTo(INITIALIZE);
        assertThat(upstream.seen.get(2).header("mcp-session-id")).isEqualTo("upstream-1");
        HttpResponse<String> next = post(id, call(4, "search"));
        assertThat(next.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(post(id, message(2, "tools/list")).body()).contains("\"search\"");
    }

    @Test
    void placeholderThatIsCalledAfterwardsSaysThatAllIsWell() throws Exception {
        String id = connectedWhileDead();
        comeBack();
        assertThat(post(id, call(5, "authorization_expired")).body())
                .contains("\"id\":5")
                .contains("notion can be used again")
                .doesNotContain("isError");
    }

    @RepeatedTest(5)
    void streamIsHeldWhileTheLoginIsDeadTellsTheNewsAndBecomesTheUpstreams() throws Exception {
        String id = connectedWhileDead();
        HttpResponse<java.io.InputStream> stream = proxy.send(
                proxy.request().header("Mcp-Session-Id", id).GET().build(), HttpResponse.BodyHandlers.ofInputStream());
        assertThat(stream.statusCode()).isEqualTo(200);
        comeBack();
        String all = new String(stream.body().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(events(all))
                .containsExactly(
                        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}",
                        "{\"from\":\"upstream\"}");
        assertThat(post(id, call(4, "search")).headers().firstValue("Content-Type"))
                .as("told once")
                .contains("application/json");
    }

    /** Servers need not have such a stream; the client keeps ours, and is not sent round in circles. */
    @Test
    void heldStreamStaysOursWhereTheUpstreamHasNone() throws Exception {
        String id = connectedWhileDead();
        HttpResponse<java.io.InputStream> stream = proxy.send(
                proxy.request().header("Mcp-Session-Id", id).GET().build(), HttpResponse.BodyHandlers.ofInputStream());
        CountDownLatch asked = new CountDownLatch(1);
        upstream.script((request, out) -> {
            if (request.method().equals("GET")) {
                ScriptedUpstream.write(out, "HTTP/1.1 405 No\r\nContent-Length: 0\r\n\r\n");
                asked.countDown();
            } else {
                answer(request, out);
            }
        });
        BufferedReader lines = new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8));
        comeBack();
        assertThat(lines.readLine()).isEqualTo("event: message");
        assertThat(lines.readLine()).contains("notifications/tools/list_changed");
        assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
        proxy.server.drain(Duration.ofSeconds(20));
        assertThat(lines.readLine()).isEmpty();
        assertThat(lines.readLine()).as("a clean end, when the proxy ends").isNull();
    }

    @RepeatedTest(5)
    void listenerOfTheModernEraIsAcknowledgedHearsTheNewsAndThenTheUpstream() throws Exception {
        die();
        proxy.post(LISTEN.replace("subscriptions/listen", "tools/list").replace("s-1", "s-0"));
        HttpResponse<java.io.InputStream> stream = listen(LISTEN);
        comeBack();
        String named = "\"_meta\":{\"io.modelcontextprotocol/subscriptionId\":\"s-1\"}";
        assertThat(events(new String(stream.body().readAllBytes(), StandardCharsets.UTF_8)))
                .containsExactly(
                        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/subscriptions/acknowledged\",\"params\":{"
                                + named + ",\"notifications\":{\"toolsListChanged\":true}}}",
                        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\",\"params\":{" + named
                                + "}}",
                        "{\"from\":\"upstream\"}");
    }

    /** Restarts are to be short: nobody is kept waiting for a stream that never ends by itself. */
    @Test
    void listenerOfTheModernEraIsGivenItsResultWhenTheProxyEnds() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        upstream.script((request, out) -> {
            ScriptedUpstream.write(
                    out, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
            ScriptedUpstream.chunk(out, "data: {\"from\":\"upstream\"}\n\n");
            try {
                never.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        });
        HttpResponse<java.io.InputStream> passing = listen(LISTEN);
        BufferedReader lines = new BufferedReader(new InputStreamReader(passing.body(), StandardCharsets.UTF_8));
        assertThat(lines.readLine()).isEqualTo("data: {\"from\":\"upstream\"}");
        proxy.server.drain(Duration.ofSeconds(50));
        assertThat(lines.lines().filter(line -> line.startsWith("data: ")))
                .containsExactly("data: {\"jsonrpc\":\"2.0\",\"id\":\"s-1\",\"result\":{\"resultType\":\"complete\","
                        + "\"_meta\":{\"io.modelcontextprotocol/subscriptionId\":\"s-1\"}}}");
        never.countDown();
    }

    /** Two connections of one client show one local key, and nothing tells them apart. */
    @RepeatedTest(5)
    void everyListenerOfTheModernEraHearsTheNewsWhoeverTookTheList() throws Exception {
        die();
        proxy.post(LISTEN.replace("subscriptions/listen", "tools/list").replace("s-1", "s-0"));
        List<HttpResponse<java.io.InputStream>> streams =
                List.of(listen(LISTEN), listen(LISTEN.replace("s-1", "s-2").replace("tools", "prompts")));
        comeBack();
        assertThat(new String(streams.get(0).body().readAllBytes(), StandardCharsets.UTF_8))
                .contains("notifications/tools/list_changed");
        assertThat(new String(streams.get(1).body().readAllBytes(), StandardCharsets.UTF_8))
                .contains("notifications/prompts/list_changed");
    }

    private HttpResponse<java.io.InputStream> listen(String body) throws Exception {
        HttpRequest request = proxy.request()
                .header("Mcp-Method", "subscriptions/listen")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return proxy.send(request, HttpResponse.BodyHandlers.ofInputStream());
    }

    @Test
    void deadLoginOfAServerThatWasSeenShowsItsToolsAndSkipsTheirCalls() throws Exception {
        takeSnapshot();
        die();
        HttpResponse<String> initialized = proxy.post(INITIALIZE);
        assertThat(initialized.body()).contains("\"real\"").contains("\"dev.vigil/snapshot\"");
        String id = initialized.headers().firstValue("Mcp-Session-Id").orElseThrow();
        assertThat(post(id, message(2, "tools/list")).body())
                .contains("\"search\"")
                .contains("\"dev.vigil/snapshot\"")
                .doesNotContain("authorization_expired");
        assertThat(post(id, call(3, "search")).body()).contains("authorization expired for notion: skipped.");
    }

    @Test
    void batchGetsForEachRequestWhatItWouldGetAlone() throws Exception {
        die();
        String batch = "[" + INITIALIZE + "," + message(2, "tools/list") + ","
                + "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/x\"}," + call(3, "search") + "]";
        HttpResponse<String> answer = proxy.post(batch);
        assertThat(answer.statusCode()).isEqualTo(200);
        JsonNode answers = JsonMapper.shared().readTree(answer.body());
        assertThat(answers.valueStream().map(one -> one.path("id").asInt())).containsExactly(1, 2, 3);
        assertThat(answers.at("/0/result/capabilities/tools/listChanged").asBoolean())
                .isTrue();
        assertThat(answers.at("/1/result/tools/0/name").asString()).isEqualTo("authorization_expired");
        assertThat(answers.at("/2/result/isError").asBoolean()).isTrue();
        assertThat(proxy.post("[" + call(3, "search") + "," + message(4, "prompts/get") + "]")
                        .body())
                .contains("\"isError\":true")
                .contains("\"code\":1401");
    }

    @Test
    void troubleAtConnectIsRiddenOut() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        upstream.script((request, out) -> {
            if (tries.incrementAndGet() == 1) {
                ScriptedUpstream.write(out, "HTTP/1.1 503 Later\r\nContent-Length: 0\r\n\r\n");
            } else {
                answer(request, out);
            }
        });
        assertThat(proxy.post(message(2, "tools/list")).body()).contains("\"search\"");
        assertThat(tries).hasValue(2);
        tries.set(0);
        assertThat(proxy.post(call(4, "search")).body())
                .as("a call is not asked again")
                .contains("HTTP 503");
        assertThat(tries).hasValue(1);
    }

    @Test
    void lastingTroubleAtConnectIsAnsweredFromWhatIsRememberedElseAsA503() throws Exception {
        takeSnapshot();
        upstream.script(
                (request, out) -> ScriptedUpstream.write(out, "HTTP/1.1 503 Later\r\nContent-Length: 0\r\n\r\n"));
        assertThat(proxy.post(message(2, "tools/list")).body())
                .contains("\"search\"")
                .contains("\"dev.vigil/snapshot\"");
        assertThat(proxy.post(message(2, "prompts/list")).body()).contains("-32601");
        proxy.snapshots.forget("notion");
        HttpResponse<String> told = proxy.post(message(2, "tools/list"));
        assertThat(told.statusCode()).isEqualTo(503);
        assertThat(told.body()).contains("\"id\":2");
    }

    @Test
    void listThatPassesKeepsWhatIsRememberedUpToDate() throws Exception {
        takeSnapshot();
        upstream.script((request, out) -> {
            if (refusing) {
                ScriptedUpstream.json(out, 401, "{}");
            } else {
                result(out, request, "{\"tools\":[{\"name\":\"newer\",\"inputSchema\":{\"type\":\"object\"}}]}");
            }
        });
        HttpResponse<String> passed = proxy.send(
                proxy.request()
                        .header("MCP-Protocol-Version", "2025-06-18")
                        .POST(HttpRequest.BodyPublishers.ofString(message(2, "tools/list")))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(passed.body()).contains("\"newer\"");
        assertThat(proxy.heard.poll(20, TimeUnit.SECONDS)).isEqualTo("tools/list anew");
        die();
        assertThat(proxy.post(message(2, "tools/list")).body())
                .contains("\"newer\"")
                .contains("\"dev.vigil/snapshot\"");
    }

    @Test
    void announcementThatPassesIsHeard() throws Exception {
        String news = "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}\n\n";
        upstream.script((request, out) -> {
            ScriptedUpstream.write(
                    out, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
            ScriptedUpstream.chunk(out, news);
            ScriptedUpstream.write(out, "0\r\n\r\n");
        });
        assertThat(proxy.send(proxy.request().GET().build(), HttpResponse.BodyHandlers.ofString())
                        .body())
                .isEqualTo(news);
        assertThat(proxy.heard.poll(20, TimeUnit.SECONDS)).isEqualTo("notion announced");
    }

    @Test
    void serverThatIsSlowAtConnectIsAnsweredForFromWhatIsRemembered() throws Exception {
        takeSnapshot();
        CountDownLatch never = new CountDownLatch(1);
        upstream.script((request, out) -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        });
        assertThat(proxy.post(message(2, "tools/list")).body())
                .contains("\"search\"")
                .contains("\"dev.vigil/snapshot\"");
        never.countDown();
    }

    /** The very request that finds out that the login is gone. */
    @Test
    void connectThatFindsTheLoginDeadIsAnsweredLikeAnyOtherAfterIt() throws Exception {
        takeSnapshot();
        refusing = true;
        assertThat(proxy.post(INITIALIZE).body()).contains("\"real\"").contains("\"dev.vigil/snapshot\"");
    }

    @Test
    void streamThatFindsTheLoginDeadIsHeld() throws Exception {
        String id =
                proxy.post(INITIALIZE).headers().firstValue("Mcp-Session-Id").orElseThrow();
        refusing = true;
        HttpResponse<java.io.InputStream> stream = proxy.send(
                proxy.request().header("Mcp-Session-Id", id).GET().build(), HttpResponse.BodyHandlers.ofInputStream());
        assertThat(stream.statusCode()).isEqualTo(200);
        comeBack();
        assertThat(events(new String(stream.body().readAllBytes(), StandardCharsets.UTF_8)))
                .containsExactly("{\"from\":\"upstream\"}");
    }

    private void takeSnapshot() {
        try (SnapshotWire wire = new SnapshotWire(proxy.outbound, proxy.keeper)) {
            Owner owner = Owner.of(proxy.connector, proxy.keeper.look("notion")).orElseThrow();
            SnapshotTaker.Taken taken = new SnapshotTaker(wire, proxy.time).take(proxy.connector, owner);
            assertThat(taken.isWelcome()).isTrue();
            proxy.snapshots.replace(owner, taken.snapshots());
        }
        upstream.seen.clear();
    }

    private void die() throws Exception {
        refusing = true;
        assertThat(proxy.post(call(1, "search")).body()).contains("authorization expired");
    }

    private void comeBack() {
        refusing = false;
        proxy.loggedInAgain(2);
    }

    private String connectedWhileDead() throws Exception {
        die();
        String id =
                proxy.post(INITIALIZE).headers().firstValue("Mcp-Session-Id").orElseThrow();
        post(id, message(2, "tools/list"));
        return id;
    }

    private HttpResponse<String> post(String session, String body) throws Exception {
        return proxy.send(
                proxy.request()
                        .header("Mcp-Session-Id", session)
                        .header("MCP-Protocol-Version", "2025-06-18")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static List<String> events(String stream) {
        List<String> all = new ArrayList<>();
        for (String line : stream.split("\n", -1)) {
            if (line.startsWith("data: ")) {
                all.add(line.substring("data: ".length()));
            }
        }
        return all;
    }
}
