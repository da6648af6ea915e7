// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import static dev.vigil.proxy.RunningProxy.call;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.Connector;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A session that is begun anew is the client's in all that the client has said, and ends what belongs to the old one. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SessionAnewTest {
    private static final String INITIALIZE = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{"
            + "\"protocolVersion\":\"2025-06-18\",\"capabilities\":{},\"clientInfo\":{\"name\":\"c\",\"version\":\"1\"}}}";
    private static final String DONE = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}";

    private final AtomicInteger minted = new AtomicInteger();
    private final CountDownLatch over = new CountDownLatch(1);
    private final ScriptedUpstream upstream;
    private final RunningProxy proxy;
    /** What belongs to older ones is not known any more. */
    private volatile int oldest = 1;

    private volatile boolean slowWishes;
    private volatile boolean brokenWishes;

    SessionAnewTest() throws IOException {
        upstream = new ScriptedUpstream(this::answer);
        Pacing brief = new Pacing(Duration.ofSeconds(25), Duration.ofSeconds(25), Duration.ofMillis(700));
        proxy = new RunningProxy(Connector.oauth("notion", upstream.url()), brief).loggedIn(Duration.ofHours(1));
    }

    private void answer(ScriptedUpstream.Seen request, OutputStream out) throws IOException {
        String shown = request.header("mcp-session-id");
        if (request.body().contains("\"initialize\"")) {
            ScriptedUpstream.json(out, 200, DONE, "Mcp-Session-Id: " + minted.incrementAndGet());
        } else if (shown.isEmpty() || Integer.parseInt(shown) < oldest) {
            ScriptedUpstream.json(out, 404, "{}");
        } else if (request.method().equals("GET")) {
            ScriptedUpstream.write(
                    out, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
            ScriptedUpstream.chunk(out, "data: {\"of\":" + shown + "}\n\n");
            await(over);
        } else if (request.body().contains("notifications/")) {
            ScriptedUpstream.write(out, "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n");
        } else if (request.body().contains("subscribe") && brokenWishes) {
            throw new IOException("broken off");
        } else {
            if (request.body().contains("subscribe") && slowWishes) {
                await(over);
            }
            ScriptedUpstream.json(out, 200, DONE.replace("{}", "{\"by\":" + shown + "}"));
        }
    }

    @AfterEach
    void close() throws IOException {
        over.countDown();
        proxy.close();
        upstream.close();
    }

    @Test
    void wishesThatTakeLongHoldNobodyUp() throws Exception {
        String session = begin("");
        post(session, subscribe("a"));
        forget();
        slowWishes = true;
        assertThat(post(session, call(4, "search")).body()).contains("\"by\":2");
        assertThat(post(session, call(5, "search")).body()).contains("\"by\":2");
        assertThat(minted).as("it stands").hasValue(2);
    }

    @Test
    void wishThatFailsIsLeftOut() throws Exception {
        String session = begin("");
        post(session, subscribe("a"));
        post(session, subscribe("b"));
        forget();
        brokenWishes = true;
        upstream.seen.clear();
        assertThat(post(session, call(4, "search")).body()).contains("\"by\":2");
        assertThat(upstream.seen.stream().filter(one -> one.body().contains("subscribe")))
                .as("each was tried once")
                .hasSize(2);
    }

    @Test
    void whatTheClientSaysInQueryAndHeadersGoesWithTheHandshake() throws Exception {
        String session = begin("?profile=alice");
        forget();
        upstream.seen.clear();
        HttpRequest again = request(session, "?profile=alice")
                .header("X-Workspace", "w1")
                .header("Mcp-Method", "tools/call")
                .header("Last-Event-ID", "7")
                .POST(HttpRequest.BodyPublishers.ofString(call(4, "search")))
                .build();
        assertThat(proxy.send(again, HttpResponse.BodyHandlers.ofString()).body())
                .contains("\"by\":2");
        assertThat(upstream.seen.subList(1, 3)).allSatisfy(step -> {
            assertThat(step.target()).endsWith("?profile=alice");
            assertThat(step.header("x-workspace")).isEqualTo("w1");
            assertThat(step.header("mcp-method")).isEmpty();
            assertThat(step.header("last-event-id")).isEmpty();
        });
        assertThat(upstream.seen.get(1).header("mcp-session-id")).isEmpty();
    }

    /** Else the client would wait on it for what the new session has to tell. */
    @Test
    void streamOfTheOldSessionEnds() throws Exception {
        String session = begin("");
        InputStream stream = proxy.send(request(session, "").GET().build(), HttpResponse.BodyHandlers.ofInputStream())
                .body();
        assertThat(new String(stream.readNBytes("data: {\"of\":1}\n\n".length()), UTF_8))
                .contains("\"of\":1");
        forget();
        assertThat(post(session, call(4, "search")).body()).contains("\"by\":2");
        assertThat(CompletableFuture.supplyAsync(() -> rest(stream)).get(20, TimeUnit.SECONDS))
                .as("and well")
                .isEmpty();
        InputStream next = proxy.send(request(session, "").GET().build(), HttpResponse.BodyHandlers.ofInputStream())
                .body();
        assertThat(new String(next.readNBytes("data: {\"of\":2}\n\n".length()), UTF_8))
                .contains("\"of\":2");
    }

    private static String rest(InputStream stream) {
        try {
            return new String(stream.readAllBytes(), UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private void forget() {
        oldest = minted.get() + 1;
    }

    private String begin(String query) throws Exception {
        HttpRequest initialize = asked(query)
                .POST(HttpRequest.BodyPublishers.ofString(INITIALIZE))
                .build();
        return proxy.send(initialize, HttpResponse.BodyHandlers.ofString())
                .headers()
                .firstValue("Mcp-Session-Id")
                .orElseThrow();
    }

    private static String subscribe(String file) {
        return "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"resources/subscribe\",\"params\":{\"uri\":\"file:///" + file
                + "\"}}";
    }

    private HttpResponse<String> post(String session, String body) throws Exception {
        return proxy.send(
                request(session, "")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String session, String query) {
        return asked(query).header("Mcp-Session-Id", session);
    }

    private HttpRequest.Builder asked(String query) {
        HttpRequest.Builder request = proxy.request();
        return request.uri(URI.create(request.build().uri() + query));
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            if (!latch.await(30, TimeUnit.SECONDS)) {
                throw new IOException("nobody came");
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
