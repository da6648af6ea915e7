// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class McpStreamingTest {
    private static final long LARGE = 8L * 1024 * 1024;

    private final DemoMcpServer mcp = DemoMcpServer.start(DemoMcpServer.Settings.open());
    private final McpWalk walk = new McpWalk(mcp.url());

    @AfterEach
    void close() {
        mcp.close();
    }

    @Test
    void bigAnswerArrivesWholeAndInChunks() throws Exception {
        HttpResponse<String> answer = walk.call(walk.session("2025-11-25"), "big", "{\"bytes\":" + LARGE + "}");
        assertThat(answer.headers().firstValue("Transfer-Encoding")).contains("chunked");
        String text = McpWalk.text(answer);
        assertThat(text.length()).isEqualTo(LARGE);
        assertThat(text.chars().allMatch(letter -> letter == 'x')).isTrue();
    }

    @Test
    void readerThatStopsHoldsTheWriterBack() throws Exception {
        String session = walk.session("2025-11-25");
        try (RawSocket socket = new RawSocket(mcp.url())) {
            socket.post(
                    McpWalk.callBody("big", "{\"bytes\":" + McpTools.MOST_BYTES + "}"),
                    "Accept",
                    "application/json, text/event-stream",
                    "Mcp-Session-Id",
                    session);
            socket.hearUntil("\r\n4000\r\nx"); // chunks of 16 KiB
            // 4 GiB would not fit into the heap: that others are served well shows that they are not being made
            for (int i = 0; i < 20; i++) {
                assertThat(McpWalk.text(walk.call(session, "echo", "{\"text\":\"still here\"}")))
                        .isEqualTo("still here");
            }
            Await.until("only the big answer is open", () -> mcp.counts().openAnswers() == 1);
        }
        Await.until("the departure is noticed", () -> mcp.counts().leftByPeer() == 1);
    }

    @Test
    void largeRequestIsCountedAndItsIdFoundAtTheEnd() throws Exception {
        String session = walk.session("2025-11-25");
        String before =
                "{\"jsonrpc\":\"2.0\",\"method\":\"tools/call\",\"params\":{\"name\":\"length_of\",\"arguments\":{\"text\":\"";
        String after = "\"}},\"id\":\"the last\"}";
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(mcp.url()))
                                .header("Accept", "application/json, text/event-stream")
                                .header("Mcp-Session-Id", session)
                                .POST(BodyPublishers.ofInputStream(() -> letters(before, LARGE, after)))
                                .build(),
                        BodyHandlers.ofString());
        assertThat(McpWalk.text(answer)).isEqualTo((before.length() + LARGE + after.length()) + " bytes");
        assertThat(Web.json(answer).path("id").asString()).isEqualTo("the last");
    }

    @Test
    void refusalOfALargeRequestComesAtOnceAndTheConnectionLives() throws Exception {
        try (RawSocket socket = new RawSocket(mcp.url().replace(DemoMcpServer.PATH, "/nowhere"))) {
            socket.post("x".repeat(1 << 20));
            socket.post("{}");
            String heard = socket.hear(Duration.ofMillis(300)).text();
            assertThat(heard.split("HTTP/1.1 404", -1)).hasSize(3);
        }
    }

    @Test
    void textThatWasCutIsNotEchoed() throws Exception {
        String text = "{\"text\":\"" + "y".repeat(BodyGlance.LONGEST_STRING + 1) + "\"}";
        HttpResponse<String> answer = walk.call(walk.session("2025-11-25"), "echo", text);
        assertThat(Web.json(answer).path("result").path("isError").asBoolean()).isTrue();
        assertThat(McpWalk.text(answer)).contains("use length_of");
    }

    private static InputStream letters(String before, long bytes, String after) {
        InputStream head = new ByteArrayInputStream(before.getBytes(StandardCharsets.UTF_8));
        InputStream tail = new ByteArrayInputStream(("x".repeat((int) bytes) + after).getBytes(StandardCharsets.UTF_8));
        return new SequenceInputStream(Collections.enumeration(List.of(head, tail)));
    }
}
