// SPDX-License-Identifier: Apache-2.0
package dev.vigil.stdio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.stdio.ScriptedProxy.Asked;
import dev.vigil.stdio.ScriptedProxy.Reply;
import dev.vigil.stdio.ScriptedProxy.Script;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that are too large to be held, and then stall in the way of all others. */
class StallTest {
    private static final String BIG = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"big\"}";
    private static final String PING = "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"ping\"}";
    private static final String PONG = "{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{}}";
    private static final String CANCEL =
            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":1}}";
    private static final String LARGE = "x".repeat((int) LineWriter.HELD_AT_MOST + 1000);

    private static Script stalling(String type) {
        String start = (type.endsWith("json") ? "" : "data: ") + "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"" + LARGE;
        return asked -> switch (asked.rpc()) {
            case "big" -> new Reply(200, type, start, "").andStalls();
            case "ping" -> Reply.json(PONG);
            default -> Reply.status(202);
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "text/event-stream"})
    void largeAnswerThatStallsIsGivenUpAndItsClientTold(String type) throws Exception {
        try (ScriptedProxy proxy = new ScriptedProxy(stalling(type));
                LiveClient client = proxy.client(limits(Duration.ofSeconds(1), Duration.ofMinutes(5)))) {
            client.says(BIG);
            client.begins();
            client.says(PING);

            assertThat(client.hears())
                    .as("the torn line")
                    .startsWith("{\"jsonrpc\"")
                    .endsWith("xxx");
            List<String> rest = new ArrayList<>(List.of(client.hears(), client.hears()));
            assertThat(rest.remove(PONG)).isTrue();
            assertThat(Rpc.JSON.readTree(rest.get(0)).at("/error/data/kind").asString())
                    .isEqualTo("answer_lost");
            assertThat(rest.get(0)).contains("\"id\":1", "nothing came for 1 s");
        }
    }

    @Test
    void cancelEndsALargeAnswerInTheOldEraToo() throws Exception {
        try (ScriptedProxy proxy = new ScriptedProxy(stalling("application/json"));
                LiveClient client = proxy.client()) {
            client.says(BIG);
            client.begins();
            client.says(CANCEL, PING);

            assertThat(client.hears()).as("the torn line").endsWith("xxx");
            assertThat(client.hears()).isEqualTo(PONG);
            client.says(PING);
            assertThat(client.hears()).isEqualTo(PONG);
            assertThat(proxy.asked).extracting(Asked::body).contains(CANCEL);
        }
    }

    /** A server that is asked something large may ask back, and the answer to that stands behind the next large line. */
    @Test
    void largeLineThatFindsNoRoomGoesAfterAWhileSinceWhatItWaitsForMayStandBehindIt() throws Exception {
        String large = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"big\",\"params\":\"" + "x".repeat(2 << 20) + "\"}";
        CompletableFuture<Void> answered = new CompletableFuture<>();
        Script script = asked -> {
            if (asked.rpc().isEmpty()) {
                answered.complete(null);
                return Reply.status(202);
            }
            answered.join();
            return Reply.json("{\"jsonrpc\":\"2.0\",\"id\":" + asked.json().path("id") + ",\"result\":{}}");
        };
        try (ScriptedProxy proxy = new ScriptedProxy(script);
                LiveClient client = proxy.client(limits(Duration.ofMinutes(5), Duration.ofMillis(100)))) {
            client.says(large, large.replace("\"id\":1", "\"id\":2"), "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{}}");

            assertThat(List.of(client.hears(), client.hears()))
                    .containsExactlyInAnyOrder(PONG, PONG.replace("\"id\":2", "\"id\":1"));
        }
    }

    private static Bridge.Limits limits(Duration stall, Duration patience) {
        return new Bridge.Limits(stall, patience, 2 << 10);
    }

    @Test
    void cancelOfOneRequestOfABatchLeavesTheOthersAlone() throws Exception {
        Script script =
                asked -> asked.body().startsWith("[") ? Reply.events("data: " + PONG + "\n\n") : Reply.status(202);
        try (ScriptedProxy proxy = new ScriptedProxy(asked -> {
                    if (asked.body().startsWith("[")) {
                        cancelled.join();
                    } else {
                        cancelled.complete(null);
                    }
                    return script.to(asked);
                });
                LiveClient client = proxy.client()) {
            client.says("[" + BIG + "," + PING + "]", CANCEL);
            assertThat(client.hears()).isEqualTo(PONG);
        }
    }

    private final CompletableFuture<Void> cancelled = new CompletableFuture<>();

    /** What comes of a request under way is serial, whoever cancels it and when. */
    @Test
    void endIsToldAfterThePieceThatIsBeingTaken() {
        List<String> told = new ArrayList<>();
        CompletableFuture<Object> exchange = new CompletableFuture<>();
        UnderWay[] underWay = new UnderWay[1];
        underWay[0] = new UnderWay(
                (status, headers) -> new Wire.Pieces() {
                    @Override
                    public void piece(ByteBuffer piece) {
                        underWay[0].cancel();
                        told.add("piece, over: " + underWay[0].whole().isDone());
                    }

                    @Override
                    public void torn() {
                        told.add("torn, over: " + underWay[0].whole().isDone());
                    }
                },
                Duration.ofMinutes(5),
                (delay, work) -> {});
        underWay[0].follow(exchange);
        BodySubscriber<Void> body = underWay[0].head(new Ok());
        body.onSubscribe(new Demand());
        body.onNext(List.of(ByteBuffer.allocate(1)));
        body.onNext(List.of(ByteBuffer.allocate(1)));
        underWay[0].cancel();

        assertThat(told).containsExactly("piece, over: false", "torn, over: false");
        assertThat(underWay[0].whole()).isCompletedExceptionally();
        assertThat(exchange).isCancelled();
    }

    private record Ok() implements ResponseInfo {
        @Override
        public int statusCode() {
            return 200;
        }

        @Override
        public HttpHeaders headers() {
            return HttpHeaders.of(Map.of(), (name, value) -> true);
        }

        @Override
        public HttpClient.Version version() {
            return HttpClient.Version.HTTP_1_1;
        }
    }

    private record Demand() implements Flow.Subscription {
        @Override
        public void request(long more) {}

        @Override
        public void cancel() {}
    }
}
