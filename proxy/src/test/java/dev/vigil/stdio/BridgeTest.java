// SPDX-License-Identifier: Apache-2.0
package dev.vigil.stdio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.stdio.ScriptedProxy.Asked;
import dev.vigil.stdio.ScriptedProxy.Reply;
import dev.vigil.stdio.ScriptedProxy.Script;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What a client on stdio gets for what the proxy says. */
class BridgeTest {
    private static final String INITIALIZE =
            "{\"jsonrpc\":\"2.0\",\"id\":\"i\",\"method\":\"initialize\",\"params\":{}}";
    private static final String INITIALIZED = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}";

    @Test
    void streamThatTheServerClosesIsTakenUpFromItsLastEvent() throws IOException {
        Script script = asked -> {
            if (asked.method().equals("GET")) {
                return asked.header("Last-Event-ID").equals("e1")
                        ? Reply.events("id: e2\ndata: {\"jsonrpc\":\"2.0\",\"id\":5,\"result\":{}}\n\n")
                        : Reply.status(405);
            }
            return asked.rpc().equals("tools/call")
                    ? Reply.events("retry: 10\nid: e1\ndata:\n\n")
                    : handshake(asked, "s-1");
        };
        try (ScriptedProxy proxy = new ScriptedProxy(script)) {
            assertThat(proxy.says(INITIALIZE, INITIALIZED, "{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"tools/call\"}"))
                    .hasSize(2)
                    .last()
                    .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":5,\"result\":{}}");
            assertThat(proxy.asked.stream()
                            .filter(one -> !one.header("Last-Event-ID").isEmpty()))
                    .singleElement()
                    .satisfies(one -> {
                        assertThat(one.header("Mcp-Session-Id")).isEqualTo("s-1");
                        assertThat(one.header("MCP-Protocol-Version")).isEqualTo("2025-11-25");
                        assertThat(one.header("Authorization")).isEqualTo("Bearer key");
                    });
            assertThat(proxy.asked("tools/call")).hasSize(1);
        }
    }

    /** The call was sent, whatever becomes of the question for the rest of its answer. */
    @Test
    void streamThatCannotBeTakenUpIsALostAnswer() throws IOException {
        Script script = asked -> asked.rpc().equals("tools/call")
                ? Reply.events("retry: 10\nid: e1\ndata:\n\n")
                : handshake(asked, "s-1");
        try (ScriptedProxy proxy = new ScriptedProxy(script)) {
            JsonNode detail = error(proxy.says(
                                    INITIALIZE,
                                    INITIALIZED,
                                    "{\"id\":5,\"method\":\"tools/call\",\"params\":{\"name\":\"t\"}}")
                            .get(1))
                    .path("data");

            assertThat(detail.path("kind").asString()).isEqualTo("answer_lost");
            assertThat(detail.path("sent").asString()).isEqualTo("unknown");
            assertThat(detail.path("tool").asString()).isEqualTo("t");
        }
    }

    /** An id from outside may hold what no header can, and what that breaks is for the client to hear. */
    @ParameterizedTest
    @ValueSource(strings = {"日本", "a\u0000b", "a\u007f", "é", ""})
    void eventIdThatNoHeaderCanHoldIsNone(String id) throws IOException {
        Script script = asked -> asked.rpc().equals("tools/call")
                ? Reply.events("retry: 10\nid: " + id + "\ndata:\n\n")
                : Reply.status(405);
        try (ScriptedProxy proxy = new ScriptedProxy(script)) {
            assertThat(proxy.says("{\"id\":5,\"method\":\"tools/call\"}"))
                    .singleElement()
                    .satisfies(line -> assertThat(
                                    error(line).path("data").path("kind").asString())
                            .isEqualTo("answer_lost"));
            assertThat(proxy.asked).hasSize(1);
        }
    }

    @Test
    void streamIsTakenUpFromTheLastEventWithAnIdThatCanBeShown() throws IOException {
        Script script = asked -> asked.rpc().equals("tools/call")
                ? Reply.events("retry: 10\nid: e1\ndata:\n\nid: 日本\ndata:\n\n")
                : Reply.events("data: {\"id\":5,\"result\":{}}\n\n");
        try (ScriptedProxy proxy = new ScriptedProxy(script)) {
            assertThat(proxy.says("{\"id\":5,\"method\":\"tools/call\"}")).containsExactly("{\"id\":5,\"result\":{}}");
            assertThat(proxy.asked)
                    .last()
                    .satisfies(one -> assertThat(one.header("Last-Event-ID")).isEqualTo("e1"));
        }
    }

    @Test
    void whatFailsWhileAStreamIsTakenUpIsALostAnswer() throws IOException {
        Script script = asked -> Reply.events("retry: 10\nid: e1\ndata:\n\n");
        try (ScriptedProxy proxy = new ScriptedProxy(script)) {
            AtomicInteger looks = new AtomicInteger();
            List<String> lines = proxy.says(
                    () -> {
                        if (looks.getAndIncrement() > 0) {
                            throw new IllegalStateException("the disk is gone");
                        }
                        return Optional.of(proxy.place());
                    },
                    "{\"id\":5,\"method\":\"tools/call\"}");

            assertThat(lines).singleElement().satisfies(line -> {
                assertThat(error(line).path("data").path("kind").asString()).isEqualTo("answer_lost");
                assertThat(error(line).path("message").asString()).contains("the disk is gone");
            });
        }
    }

    @Test
    void streamOfTheServersOwnWordsIsOpenedAgainAfterAnythingThatFails() throws Exception {
        Script script = asked -> asked.method().equals("GET")
                ? Reply.events("data: {\"method\":\"notifications/x\"}\n\n")
                : handshake(asked, "s-1");
        try (ScriptedProxy proxy = new ScriptedProxy(script)) {
            AtomicInteger looks = new AtomicInteger();
            try (LiveClient client = proxy.client(() -> {
                if (looks.getAndIncrement() == 2) {
                    throw new IllegalStateException("the disk is gone");
                }
                return Optional.of(proxy.place());
            })) {
                client.says(INITIALIZE, INITIALIZED);
                assertThat(client.hears()).contains("\"id\":\"i\"");
                assertThat(client.hears()).isEqualTo("{\"method\":\"notifications/x\"}");
                assertThat(looks).hasValueGreaterThan(3);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "PT0S, 0, PT1S",
        "PT0.01S, 2, PT4S",
        "PT2S, 0, PT2S",
        "PT2S, 1, PT4S",
        "PT20S, 1, PT30S",
        "PT60S, 0, PT30S"
    })
    void streamOfTheServersOwnWordsIsOpenedAgainWithinBounds(Duration wanted, int failures, Duration pause) {
        assertThat(ListenStream.pause(wanted, failures)).isEqualTo(pause);
    }

    @Test
    void serverThatWantsNoPauseGetsOne() throws Exception {
        Script script = asked -> asked.method().equals("GET")
                ? Reply.events("retry: 0\ndata: {\"method\":\"notifications/x\"}\n\n")
                : handshake(asked, "s-1");
        try (ScriptedProxy proxy = new ScriptedProxy(script);
                LiveClient client = proxy.client()) {
            client.says(INITIALIZE, INITIALIZED);
            client.hears();
            client.hears();
            long first = System.nanoTime();
            client.hears();
            assertThat(Duration.ofNanos(System.nanoTime() - first)).isGreaterThan(Duration.ofMillis(800));
        }
    }

    /** The session is lost after the handshake, for three requests at once. */
    @Test
    void lostSessionIsBegunAnewOnceForAllWhoMissIt() throws IOException {
        CyclicBarrier together = new CyclicBarrier(3);
        Script script = asked -> {
            if (asked.rpc().equals("ping") && asked.header("Mcp-Session-Id").equals("old")) {
                await(together);
                return Reply.status(404);
            }
            return asked.rpc().equals("ping") ? answer(asked) : handshake(asked, "old", "new");
        };
        try (ScriptedProxy proxy = new ScriptedProxy(script)) {
            List<String> answers = proxy.says(INITIALIZE, INITIALIZED, ping(1), ping(2), ping(3));

            assertThat(answers)
                    .hasSize(4)
                    .filteredOn(line -> line.contains("\"result\""))
                    .hasSize(4);
            assertThat(proxy.asked("initialize")).extracting(Asked::body).containsExactly(INITIALIZE, INITIALIZE);
            assertThat(proxy.asked("notifications/initialized"))
                    .extracting(one -> one.header("Mcp-Session-Id"))
                    .containsExactly("old", "new");
            assertThat(proxy.asked)
                    .filteredOn(one -> one.method().equals("DELETE"))
                    .extracting(one -> one.header("Mcp-Session-Id"))
                    .containsExactly("new");
        }
    }

    private final AtomicInteger handshakes = new AtomicInteger();

    private Reply handshake(Asked asked, String... sessions) {
        if (!asked.rpc().equals("initialize")) {
            return asked.method().equals("POST") ? Reply.status(202) : Reply.status(405);
        }
        String session = sessions[Math.min(handshakes.getAndIncrement(), sessions.length - 1)];
        return Reply.json("{\"jsonrpc\":\"2.0\",\"id\":\"i\",\"result\":{\"protocolVersion\":\"2025-11-25\"}}")
                .session(session);
    }

    @Test
    void sessionThatCannotBeBegunAnewFailsTheRequestOnly() throws IOException {
        Script script = asked -> asked.rpc().equals("ping")
                        || handshakes.get() > 0 && asked.rpc().equals("initialize")
                ? Reply.status(404)
                : handshake(asked, "old");
        try (ScriptedProxy proxy = new ScriptedProxy(script)) {
            JsonNode error = error(proxy.says(INITIALIZE, INITIALIZED, ping(1)).get(1));

            assertThat(error.path("data").path("reason").asString()).isEqualTo("session_over");
            assertThat(error.path("data").path("sent").asBoolean(true)).isFalse();
            assertThat(proxy.asked("ping")).hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"502, true", "503, true", "429, true", "302, false", "404, false", "400, false"})
    void onlyTroubleWithinTheServerIsWorthAnotherTry(int status, boolean retryable) throws IOException {
        try (ScriptedProxy proxy = new ScriptedProxy(asked -> Reply.status(status))) {
            JsonNode detail = error(proxy.says(ping(1)).get(0)).path("data");
            assertThat(detail.path("reason").asString()).isEqualTo("http_" + status);
            assertThat(detail.path("retryable").asBoolean()).isEqualTo(retryable);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 405})
    void serverOfTheOldTransportIsNamedAsOne(int status) throws IOException {
        try (ScriptedProxy proxy = new ScriptedProxy(asked -> Reply.status(status))) {
            assertThat(proxy.says(ping(1)))
                    .singleElement()
                    .satisfies(line -> assertThat(error(line).path("message").asString())
                            .startsWith("x answered HTTP " + status)
                            .contains("HTTP+SSE of MCP 2024-11-05 is not served on stdio"));
        }
    }

    static Stream<Arguments> answersThatAreNone() {
        return Stream.of(
                Arguments.of(new Reply(200, "text/html", "<html></html>", ""), 1502, "not_mcp"),
                Arguments.of(Reply.status(202), 1502, "not_mcp"),
                Arguments.of(Reply.json("{\"jsonrpc\":\"2.0\",\"id\":1"), 1502, "answer_lost"),
                Arguments.of(Reply.json("{\"hello\":1}"), 1502, "answer_lost"),
                Arguments.of(Reply.events(": nothing\n\n"), 1502, "answer_lost"),
                Arguments.of(Reply.events("data: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}"), 1502, "answer_lost"),
                Arguments.of(
                        new Reply(
                                404, "application/json", "{\"error\":\"no_such_connector\",\"message\":\"none\"}", ""),
                        1502,
                        "upstream_trouble"),
                Arguments.of(new Reply(302, "text/plain", "", ""), 1502, "upstream_trouble"),
                Arguments.of(
                        new Reply(
                                400,
                                "application/json",
                                "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32020,\"message\":\"m\"}}",
                                ""),
                        -32020,
                        ""));
    }

    @ParameterizedTest
    @MethodSource("answersThatAreNone")
    void whatIsNoAnswerBecomesAnErrorForThatRequest(Reply reply, int code, String kind) throws IOException {
        try (ScriptedProxy proxy = new ScriptedProxy(asked -> reply)) {
            assertThat(proxy.says(ping(1))).singleElement().satisfies(line -> {
                assertThat(Rpc.JSON.readTree(line).path("id").asInt()).isEqualTo(1);
                assertThat(error(line).path("code").asInt()).isEqualTo(code);
                assertThat(error(line).path("data").path("kind").asString("")).isEqualTo(kind);
            });
            assertThat(proxy.asked).hasSize(1);
        }
    }

    @Test
    void nobodyListeningIsAnErrorThatSaysNothingWasSent() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        try (ScriptedProxy proxy = new ScriptedProxy(asked -> Reply.status(500))) {
            for (Optional<URI> place :
                    List.of(Optional.of(URI.create("http://127.0.0.1:" + free + "/mcp/x")), Optional.<URI>empty())) {
                JsonNode detail = error(proxy.says(place, "{\"id\":\"é\",\"method\":\"ping\"}")
                                .get(0))
                        .path("data");
                assertThat(detail.path("kind").asString()).isEqualTo("upstream_unreachable");
                assertThat(detail.path("sent").asBoolean(true)).isFalse();
                assertThat(detail.path("retryable").asBoolean()).isTrue();
                assertThat(detail.path("action").asString()).isEqualTo("vigil run --background");
            }
            proxy.says(Optional.empty(), "{\"method\":\"notifications/x\"}");
            assertThat(proxy.notes).singleElement().asString().startsWith("notifications/x was not delivered");
        }
    }

    @Test
    void hundredRequestsAreUnderWayAtOnce() throws IOException {
        CyclicBarrier together = new CyclicBarrier(100);
        Script script = asked -> {
            await(together);
            return answer(asked);
        };
        try (ScriptedProxy proxy = new ScriptedProxy(script)) {
            String[] pings = IntStream.range(0, 100).mapToObj(BridgeTest::ping).toArray(String[]::new);

            assertThat(proxy.says(pings))
                    .containsExactlyInAnyOrderElementsOf(Arrays.stream(pings)
                            .map(ping -> ping.replace("\"method\":\"ping\"", "\"result\":{}"))
                            .toList());
        }
    }

    @Test
    void batchesRequestsOfTheServerAndTheirAnswersPass() throws IOException {
        String batch = "[" + ping(1) + "," + INITIALIZED + "," + ping(2) + "]";
        String response = "{\"jsonrpc\":\"2.0\",\"id\":\"s\",\"result\":{}}";
        String request = "{\"jsonrpc\":\"2.0\",\"id\":\"s\",\"method\":\"sampling/createMessage\"}";
        Script script = asked -> asked.body().equals(response)
                ? Reply.status(202)
                : Reply.events(
                        "data: " + request + "\n\ndata: [{\"id\":2,\"result\":{}},{\"id\":1,\"result\":{}}]\n\n");
        try (ScriptedProxy proxy = new ScriptedProxy(script)) {
            assertThat(proxy.says(batch, response))
                    .containsExactly(request, "[{\"id\":2,\"result\":{}},{\"id\":1,\"result\":{}}]");
            assertThat(proxy.asked).extracting(Asked::body).containsExactlyInAnyOrder(batch, response);
            assertThat(proxy.notes).isEmpty();
        }
    }

    private static void await(CyclicBarrier together) {
        try {
            together.await(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("they did not come together", e);
        }
    }

    private static Reply answer(Asked asked) {
        return Reply.json("{\"jsonrpc\":\"2.0\",\"id\":" + asked.json().path("id") + ",\"result\":{}}");
    }

    private static String ping(int id) {
        return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"ping\"}";
    }

    private static JsonNode error(String line) {
        return Rpc.JSON.readTree(line).path("error");
    }
}
