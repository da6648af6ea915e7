// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import static dev.vigil.proxy.RunningProxy.call;
import static dev.vigil.proxy.RunningProxy.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.auth.Connector;
import dev.vigil.auth.RefreshOutcome.Rejected;
import dev.vigil.auth.Refusal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Event streams that Vigil begins, keeps alive and ends; the waits are short here, and nothing is timed. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StreamsTest {
    private static final Pacing SHORT =
            new Pacing(Duration.ofMillis(50), Duration.ofMillis(50), Duration.ofMillis(200));
    private static final String ANSWER = "{\"jsonrpc\":\"2.0\",\n \"id\":1,\r\n \"result\":{\"text\":\"a\\nb\"}}";

    private final CountDownLatch goOn = new CountDownLatch(1);
    private final ScriptedUpstream upstream;
    private final RunningProxy proxy;

    StreamsTest() throws IOException {
        upstream = new ScriptedUpstream((request, out) -> {
            await(goOn);
            ScriptedUpstream.json(out, 200, ANSWER);
        });
        proxy = new RunningProxy(Connector.oauth("notion", upstream.url()), SHORT).loggedIn(Duration.ofHours(1));
    }

    @AfterEach
    void close() throws IOException {
        goOn.countDown();
        proxy.close();
        upstream.close();
    }

    @Test
    void slowCallGetsAStreamThatIsKeptAliveAndEndsWithTheAnswerAsOneEvent() throws Exception {
        try (BufferedReader lines = open(call(1, "slow"), "application/json, text/event-stream")) {
            readComments(lines, 3);
            goOn.countDown();
            assertThat(rest(lines))
                    .isEqualTo(
                            "event: message\ndata: {\"jsonrpc\":\"2.0\",  \"id\":1,   \"result\":{\"text\":\"a\\nb\"}}\n");
        }
        assertThat(upstream.seen).hasSize(1);
        assertThat(proxy.report().outcome()).isEqualTo("passed");
    }

    @Test
    void slowCallHearsProgressOfOursOnlyWhereItsConnectorSaysSoAndNoneAfterTheirs() throws Exception {
        String call = call(1, "slow").replace("\"arguments\"", "\"_meta\":{\"progressToken\":\"p\"},\"arguments\"");
        CountDownLatch theirs = new CountDownLatch(1);
        String progress = "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{}}\n\n";
        upstream.script((request, out) -> {
            await(theirs);
            events(out);
            ScriptedUpstream.chunk(out, progress);
            await(goOn);
            ScriptedUpstream.chunk(out, "data: {\"id\":1}\n\n");
            ScriptedUpstream.write(out, "0\r\n\r\n");
        });
        try (BufferedReader plain = open(call, "text/event-stream")) {
            readComments(plain, 3);
        }
        proxy.facing(new Facing(true, false, Optional.empty()));
        try (BufferedReader lines = open(call, "text/event-stream")) {
            for (String number : java.util.List.of("0.00001", "0.00002", "0.00003")) {
                assertThat(next(lines)).isEqualTo("event: message");
                assertThat(next(lines)).contains("\"progressToken\":\"p\",\"progress\":" + number + ",\"message\"");
            }
            theirs.countDown();
            String line = next(lines);
            while (!(line + "\n\n").equals(progress)) {
                assertThat(line).contains("0.0000").doesNotContain("\"id\"");
                line = next(lines).replace("event: message", "data: 0.0000");
            }
            assertThat(lines.readLine()).isEmpty();
            readComments(lines, 3);
            goOn.countDown();
            assertThat(rest(lines)).isEqualTo("data: {\"id\":1}\n");
        }
    }

    /** The next line that is no comment. */
    private static String next(BufferedReader lines) throws IOException {
        String line = lines.readLine();
        while (line.isEmpty() || line.equals(":")) {
            line = lines.readLine();
        }
        return line;
    }

    @Test
    void eventsOfALateUpstreamArePassedAsTheyAre() throws Exception {
        upstream.script((request, out) -> {
            await(goOn);
            events(out);
            ScriptedUpstream.chunk(out, "id: 7\nretry: 10\ndata: {\"id\":1}\n\n");
            ScriptedUpstream.write(out, "0\r\n\r\n");
        });
        try (BufferedReader lines = open(call(1, "slow"), "text/event-stream")) {
            readComments(lines, 1);
            goOn.countDown();
            assertThat(rest(lines)).isEqualTo("id: 7\nretry: 10\ndata: {\"id\":1}\n");
        }
    }

    @Test
    void longJsonOfALateUpstreamIsOneEventThatIsNotHeld() throws Exception {
        String text = "x\\n".repeat(100_000);
        upstream.script((request, out) -> {
            await(goOn);
            ScriptedUpstream.json(out, 200, "{\n\"id\":1,\"result\":\"" + text + "\"\n}");
        });
        try (BufferedReader lines = open(call(1, "slow"), "text/event-stream")) {
            readComments(lines, 1);
            goOn.countDown();
            assertThat(rest(lines)).isEqualTo("event: message\ndata: { \"id\":1,\"result\":\"" + text + "\" }\n");
        }
    }

    @Test
    void lateBreakLateStatusAndLateSkipAreToldInTheStream() throws Exception {
        upstream.script((request, out) -> {
            await(goOn);
            if (request.body().contains("breaks")) {
                throw new IOException("break off");
            } else if (request.body().contains("status")) {
                ScriptedUpstream.json(out, 404, "{\"error\":\"no such session\"}");
            } else {
                ScriptedUpstream.json(out, 401, "{}");
            }
        });
        proxy.refresher(grant -> new Rejected(
                grant.refused(new Refusal("invalid_grant", proxy.time.now().wall())), "invalid_grant"));
        try (BufferedReader broken = open(call(1, "breaks"), "text/event-stream");
                BufferedReader status = open(call(2, "status"), "text/event-stream");
                BufferedReader skipped = open(call(3, "refused"), "text/event-stream")) {
            readComments(broken, 1);
            readComments(status, 1);
            readComments(skipped, 1);
            goOn.countDown();
            assertThat(rest(broken)).startsWith("event: message\ndata: {").contains("answer_lost", "\"id\":1");
            assertThat(rest(status)).startsWith("event: message\ndata: {").contains("HTTP 404", "\"id\":2");
            assertThat(rest(skipped))
                    .startsWith("event: message\ndata: {")
                    .contains("authorization expired for notion: skipped", "\"id\":3");
        }
    }

    @Test
    void longJsonThatBreaksInTheMiddleOfOurEventIsAReset() throws Exception {
        upstream.script((request, out) -> {
            await(goOn);
            ScriptedUpstream.write(
                    out, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500000\r\n\r\n");
            ScriptedUpstream.write(out, "x".repeat(200_000));
            throw new IOException("break off");
        });
        try (BufferedReader lines = open(call(1, "slow"), "text/event-stream")) {
            readComments(lines, 1);
            goOn.countDown();
            assertThatThrownBy(() -> rest(lines)).isInstanceOf(IOException.class);
        }
    }

    /** Their heads say which era and transport this is; and who does not read events is given none. */
    @Test
    void handshakeAndClientsThatReadNoEventsWaitForTheRealAnswer() throws Exception {
        CompletableFuture<HttpResponse<String>> plain = later(call(1, "slow"), "application/json");
        CompletableFuture<HttpResponse<String>> initialize = later(message(1, "initialize"), "text/event-stream");
        CompletableFuture<HttpResponse<String>> discover = later(message(1, "server/discover"), "text/event-stream");
        try (BufferedReader lines = open(call(1, "slow"), "text/event-stream")) {
            readComments(lines, 3);
        }
        goOn.countDown();
        for (CompletableFuture<HttpResponse<String>> one : java.util.List.of(plain, initialize, discover)) {
            HttpResponse<String> answer = one.get(30, TimeUnit.SECONDS);
            assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
            assertThat(answer.body()).isEqualTo(ANSWER);
        }
    }

    @Test
    void silentStreamOfTheUpstreamIsKeptAliveBetweenEventsOnly() throws Exception {
        upstream.script((request, out) -> {
            events(out);
            ScriptedUpstream.chunk(out, "data: {\"half");
            await(goOn);
            ScriptedUpstream.chunk(out, "\":1}\n\n");
            ScriptedUpstream.write(out, "0\r\n\r\n");
        });
        try (BufferedReader lines = open(call(1, "slow"), "text/event-stream")) {
            readComments(lines, 2);
            goOn.countDown();
            assertThat(rest(lines)).isEqualTo("data: {\"half\":1}\n");
        }
    }

    @Test
    void clientThatLeavesAStreamOfOursFreesTheUpstream() throws Exception {
        CountDownLatch gone = new CountDownLatch(1);
        upstream.script((request, out) -> {
            try {
                while (true) {
                    ScriptedUpstream.write(out, "HTTP/1.1 102 Processing\r\n\r\n");
                }
            } finally {
                gone.countDown();
            }
        });
        try (BufferedReader lines = open(call(1, "slow"), "text/event-stream")) {
            readComments(lines, 1);
        }
        assertThat(gone.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(proxy.report().outcome()).isEqualTo("client_left");
    }

    private BufferedReader open(String body, String accept) throws Exception {
        HttpResponse<java.io.InputStream> answer =
                proxy.send(request(body, accept), HttpResponse.BodyHandlers.ofInputStream());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains("text/event-stream");
        return new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
    }

    private CompletableFuture<HttpResponse<String>> later(String body, String accept) {
        CompletableFuture<HttpResponse<String>> later = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                later.complete(proxy.send(request(body, accept), HttpResponse.BodyHandlers.ofString()));
            } catch (Exception e) {
                later.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return later;
    }

    private HttpRequest request(String body, String accept) {
        return proxy.request()
                .setHeader("Accept", accept)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    private static void readComments(BufferedReader lines, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            assertThat(lines.readLine()).isEqualTo(":");
            assertThat(lines.readLine()).isEmpty();
        }
    }

    /** What is left, without comments, each line with its end. */
    private static String rest(BufferedReader lines) throws IOException {
        StringBuilder text = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (!line.isEmpty() && !line.equals(":")) {
                text.append(line).append('\n');
            }
        }
        return text.toString();
    }

    private static void events(java.io.OutputStream out) throws IOException {
        ScriptedUpstream.write(
                out, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
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
