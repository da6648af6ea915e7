// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.Timeline;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Progress of our own, with time moved by hand. */
class ProgressingTest {
    private static final Duration PACE = Duration.ofSeconds(25);
    private static final String CALL = "{\"jsonrpc\":\"2.0\",\"method\":\"tools/call\",\"params\":{\"name\":\"slow\","
            + "\"_meta\":{\"progressToken\":TOKEN}},\"id\":1}";

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Timeline time = new Timeline();
    private final ProgressBoard board = new ProgressBoard();
    private final List<String> said = new ArrayList<>();
    private boolean wanted = true;

    ProgressingTest() {
        channel.freezeTime();
    }

    @ParameterizedTest
    @ValueSource(strings = {"7", "\"p-7\"", "\"a\\u0022b\""})
    void silentRequestIsToldOfAtASteadyPaceWithTheClientsOwnToken(String token) {
        Progressing progress = progress(CALL.replace("TOKEN", token));
        progress.onStream(this::say);
        assertThat(said).isEmpty();
        pass(Duration.ofMinutes(5));
        assertThat(said).hasSize(12).first().asString().contains("\"progressToken\":" + token + ",");
        assertThat(said)
                .extracting(event -> message(event).at("/params/progress").decimalValue())
                .isSorted()
                .doesNotHaveDuplicates()
                .allSatisfy(value -> assertThat(value).isBetween(decimal("0.00001"), decimal("0.9")));
        assertThat(message(said.get(0)).at("/params/message").asString()).isEqualTo("still waiting for notion");
        assertThat(message(said.get(0)).at("/params").has("total")).isFalse();
        progress.stop();
        pass(Duration.ofMinutes(5));
        assertThat(said).hasSize(12);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"})
    void whatIsSaidFitsThePublicSchemas(String revision) {
        progress(CALL.replace("TOKEN", "7")).onStream(this::say);
        pass(PACE);
        assertThat(JsonSchemas.complaints(
                        "mcp-schemas/" + revision + ".json", "ProgressNotification", message(said.get(0))))
                .isEmpty();
    }

    @Test
    void streamThatComesLateBeginsWithProgress() {
        Progressing progress = progress(CALL.replace("TOKEN", "7"));
        pass(PACE);
        progress.onStream(this::say);
        assertThat(said).hasSize(1);
        pass(PACE);
        assertThat(said).hasSize(2);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(quoteCharacter = '`', textBlock = """
            progress of its own,    `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":7,"progress":1}}`, true
            the answer,             `{"jsonrpc":"2.0","id":1,"result":{}}`,                                                          true
            an error,               `{"error":{"code":1,"message":"x"},"id":1}`,                                                     true
            a log message,          `{"jsonrpc":"2.0","method":"notifications/message","params":{"data":"notifications/progress"}}`, false
            a question of its own,  `{"jsonrpc":"2.0","id":1,"method":"sampling/createMessage","params":{}}`,                        false
            """)
    void oursEndsForGoodWithTheirsOrWithTheAnswer(String what, String message, boolean ends) {
        Progressing progress = progress(CALL.replace("TOKEN", "7"));
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        head.headers().set("Content-Type", "text/event-stream");
        progress.onStream(this::say);
        progress.passes(head);
        pass(PACE);
        progress.piece(new DefaultHttpContent(
                Unpooled.copiedBuffer("event: message\ndata: " + message + "\n\n", StandardCharsets.UTF_8)));
        pass(PACE.multipliedBy(4));
        progress.onStream(this::say);
        pass(PACE.multipliedBy(4));
        assertThat(said.size() == 1).isEqualTo(ends);
    }

    @Test
    void jsonAnswerEndsItWithItsHead() {
        Progressing progress = progress(CALL.replace("TOKEN", "7"));
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        head.headers().set("Content-Type", "application/json");
        progress.onStream(this::say);
        progress.passes(head);
        pass(PACE.multipliedBy(4));
        assertThat(said).isEmpty();
    }

    @Test
    void progressOnAnotherStreamOfTheSameSessionEndsIt() {
        Progressing one = progress(CALL.replace("TOKEN", "7"));
        one.onStream(this::say);
        board.heard("another session");
        pass(PACE);
        assertThat(said).hasSize(1);
        board.heard("session");
        pass(PACE.multipliedBy(4));
        assertThat(said).hasSize(1);
    }

    @Test
    void nobodyIsToldWhoDidNotAskOrWhoseConnectorDoesNotWantIt() {
        progress(CALL.replace("\"progressToken\":TOKEN", "")).onStream(this::say);
        progress(CALL.replace("TOKEN", "7").replace("tools/call", "subscriptions/listen"))
                .onStream(this::say);
        progress(CALL.replace("TOKEN", "7").replace("tools/call", "initialize")).onStream(this::say);
        progress("[" + CALL.replace("TOKEN", "7") + "]").onStream(this::say);
        wanted = false;
        progress(CALL.replace("TOKEN", "7")).onStream(this::say);
        pass(Duration.ofMinutes(5));
        assertThat(said).isEmpty();
    }

    private Progressing progress(String call) {
        HttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/mcp/notion");
        request.headers().set("Accept", "application/json, text/event-stream");
        RequestBody body = new RequestBody(new ReplayBudget(), hold -> {});
        body.add(new DefaultLastHttpContent(Unpooled.copiedBuffer(call, StandardCharsets.UTF_8)));
        return new Progressing(
                new Progressing.Terms(() -> wanted, "notion", PACE, time, board),
                request,
                body,
                "session",
                channel.eventLoop());
    }

    private void say(io.netty.buffer.ByteBuf event) {
        said.add(event.toString(StandardCharsets.UTF_8));
        event.release();
    }

    /** In small steps, so that each timer finds the clock at its own moment. */
    private void pass(Duration by) {
        for (long second = 0; second < by.toSeconds(); second++) {
            time.standStill(Duration.ofSeconds(1));
            channel.advanceTimeBy(1, TimeUnit.SECONDS);
            channel.runPendingTasks();
        }
    }

    private static JsonNode message(String event) {
        assertThat(event).startsWith("event: message\ndata: ").endsWith("\n\n");
        return JsonMapper.shared().readTree(event.substring("event: message\ndata: ".length()));
    }

    private static java.math.BigDecimal decimal(String text) {
        return new java.math.BigDecimal(text);
    }
}
