// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import static dev.vigil.proxy.RunningProxy.call;
import static dev.vigil.proxy.RunningProxy.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.Connector;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A call that the upstream may have executed is not sent again, whatever it answers. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NeverTwiceTest {
    private static final String INITIALIZE = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{"
            + "\"protocolVersion\":\"2025-06-18\",\"capabilities\":{},\"clientInfo\":{\"name\":\"c\",\"version\":\"1\"}}}";
    private static final String BATCH = "[" + message(1, "tools/list") + "," + call(2, "pay") + "]";
    private static final String DONE = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}";

    private final ScriptedUpstream upstream;
    private final RunningProxy proxy;
    private volatile ScriptedUpstream.Script script =
            (request, out) -> ScriptedUpstream.json(out, 200, DONE, "Mcp-Session-Id: one");

    NeverTwiceTest() throws IOException {
        upstream = new ScriptedUpstream((request, out) -> script.answer(request, out));
        Pacing brief = new Pacing(Duration.ofSeconds(25), Duration.ofSeconds(25), Duration.ofMillis(900));
        proxy = new RunningProxy(Connector.oauth("notion", upstream.url()), brief).loggedIn(Duration.ofHours(1));
    }

    @AfterEach
    void close() throws IOException {
        proxy.close();
        upstream.close();
    }

    @Test
    void batchThatBeginsWithAListIsNotAskedAgainInTrouble() throws Exception {
        script = (request, out) -> ScriptedUpstream.write(out, "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
        assertThat(post("", BATCH).body()).contains("upstream_trouble");
        assertThat(calls()).isOne();
    }

    @Test
    void batchThatBeginsWithAListIsNotAskedAgainWhenItsAnswerIsLost() throws Exception {
        post("", message(1, "tools/list")); // a connection that can be reused
        script = (request, out) -> {
            throw new IOException("broken off");
        };
        assertThat(post("", BATCH).body()).contains("answer_lost");
        assertThat(calls()).isOne();
    }

    @Test
    void idOnTheAnswerToACallBeginsNoSession() throws Exception {
        HttpResponse<String> answer = post("", call(1, "pay"));
        assertThat(answer.headers().firstValue("Mcp-Session-Id")).isEmpty();
        assertThat(calls()).isOne();
    }

    /** @param sent the times that the call has reached the upstream */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            400 | 7      | checkout session 42 was created, but confirming it failed | 1
            400 | 7      | Invalid session ID                                        | 1
            400 | null   | checkout was refused                                      | 1
            400 | null   | Bad Request: No valid session ID provided                 | 2
            400 | "err"  | Bad Request: Invalid or missing session ID                | 2
            400 | "err"  | Invalid session                                           | 2
            404 | 7      | no such page in this checkout session                     | 1
            404 | 7      | Session not found                                         | 2
            404 | null   | gone                                                      | 2
            """)
    void errorThatAnswersTheCallIsNoLostSession(int status, String id, String words, int sent) throws Exception {
        String session = begin();
        script = (request, out) -> {
            if (request.body().contains("initialize")) {
                ScriptedUpstream.json(out, 200, DONE, "Mcp-Session-Id: two");
            } else {
                String error = "{\"code\":-32000,\"message\":\"" + words + "\"}";
                ScriptedUpstream.json(out, status, "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"error\":" + error + "}");
            }
        };
        HttpResponse<String> answer = post(session, call(7, "pay"));
        assertThat(calls()).isEqualTo(sent);
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.body()).contains(words);
    }

    @Test
    void lateAnswerOfTheOldSessionLeavesTheNewOne() throws Exception {
        String session = begin();
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        script = (request, out) -> {
            String shown = request.header("mcp-session-id");
            if (request.body().contains("\"initialize\"")) {
                ScriptedUpstream.json(out, 200, DONE, "Mcp-Session-Id: two");
            } else if (request.body().contains("slow")) {
                asked.countDown();
                await(goOn);
                ScriptedUpstream.json(out, 200, DONE, "Mcp-Session-Id: " + shown);
            } else if (shown.equals("one")) {
                ScriptedUpstream.json(out, 404, "{}");
            } else {
                ScriptedUpstream.json(out, 200, DONE, "Mcp-Session-Id: " + shown);
            }
        };
        CompletableFuture<Integer> slow = CompletableFuture.supplyAsync(() -> status(session, call(5, "slow")));
        await(asked);
        assertThat(status(session, call(6, "quick"))).isEqualTo(200);
        goOn.countDown();
        assertThat(slow.get(20, TimeUnit.SECONDS)).isEqualTo(200);
        upstream.seen.clear();
        assertThat(status(session, call(7, "quick"))).isEqualTo(200);
        assertThat(upstream.seen)
                .singleElement()
                .satisfies(one -> assertThat(one.header("mcp-session-id")).isEqualTo("two"));
    }

    @Test
    void handshakeTooLongToBeKeptIsLeftToTheClientAndItsIdIsOursToo() throws Exception {
        String long70 = INITIALIZE.replace("\"name\":\"c\"", "\"name\":\"" + "c".repeat(70_000) + "\"");
        String session = post("", long70).headers().firstValue("Mcp-Session-Id").orElseThrow();
        assertThat(session).isNotEqualTo("one");
        assertThat(status(session, call(2, "search"))).isEqualTo(200);
        script = (request, out) -> ScriptedUpstream.json(out, 404, "{}");
        upstream.seen.clear();
        assertThat(status(session, call(3, "search"))).isEqualTo(404);
        assertThat(upstream.seen).hasSize(1);
    }

    private String begin() throws Exception {
        String id = post("", INITIALIZE).headers().firstValue("Mcp-Session-Id").orElseThrow();
        upstream.seen.clear();
        return id;
    }

    private long calls() {
        return upstream.seen.stream()
                .filter(one -> one.body().contains("tools/call"))
                .count();
    }

    private int status(String session, String body) {
        try {
            return post(session, body).statusCode();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private HttpResponse<String> post(String session, String body) throws Exception {
        HttpRequest.Builder request = proxy.request().POST(HttpRequest.BodyPublishers.ofString(body));
        if (!session.isEmpty()) {
            request.header("Mcp-Session-Id", session);
        }
        return proxy.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
