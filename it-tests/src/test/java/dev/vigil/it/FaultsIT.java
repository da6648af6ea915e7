// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the proxy answers when a client or an upstream does not do what it should. Each answer within its time. */
@Timeout(20)
class FaultsIT {
    private static final Duration SOON = Duration.ofSeconds(5);

    @TempDir
    private static Path home;

    private static FaultyUpstreams upstreams;
    private static Product product;
    private static Product.Daemon daemon;
    private static String key;

    @BeforeAll
    static void start() throws IOException {
        upstreams = new FaultyUpstreams();
        product = new Product(home).config(upstreams.config());
        daemon = product.daemon();
        key = product.connect("test");
    }

    @AfterAll
    static void stop() throws IOException {
        daemon.close();
        upstreams.close();
    }

    @Test
    void soundUpstreamIsPassedOn() {
        HttpResponse<String> answer = call("sound");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(FaultyUpstreams.SOUND);
    }

    @Test
    void hostThatDoesNotResolveIsNamed() {
        HttpResponse<String> answer = call("nowhere");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(Mcp.sentence(answer)).startsWith("nowhere cannot be reached").contains("no-such-host.invalid");
        assertThat(Mcp.skip(answer).path("kind").asString()).isEqualTo("upstream_unreachable");
        assertThat(Mcp.skip(answer).path("sent").asBoolean(true)).isFalse();
        assertThat(Mcp.skip(answer).path("retryable").asBoolean()).isTrue();
    }

    @Test
    void clientThatConnectsToAnUnreachableServerMayTryAgain() {
        HttpResponse<String> answer = Mcp.initialize(daemon.endpoint("closed"), key);

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(Mcp.sentence(answer)).startsWith("closed cannot be reached");
    }

    @Test
    void certificateThatDoesNotVerifyIsNamed() {
        HttpResponse<String> answer = call("uncertified");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(Mcp.sentence(answer))
                .startsWith("uncertified cannot be reached")
                .contains("certificate");
        assertThat(upstreams.web.getAllServeEvents())
                .noneMatch(event -> event.getRequest().getAbsoluteUrl().startsWith("https"));
    }

    @Test
    void upstreamThatIsNotMcpIsNamed() {
        HttpResponse<String> answer = call("page");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(Mcp.sentence(answer))
                .contains("page does not answer as an MCP server")
                .contains("text/html");
        assertThat(Mcp.skip(answer).path("kind").asString()).isEqualTo("not_mcp");
    }

    @Test
    void upstreamThatLeavesInAShortAnswerBecomesAnError() {
        HttpResponse<String> answer = call("short");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(Mcp.sentence(answer))
                .contains("the answer of short was lost")
                .contains("may have taken effect");
        assertThat(Mcp.skip(answer).path("kind").asString()).isEqualTo("answer_lost");
        assertThat(Mcp.skip(answer).path("sent").asString()).isEqualTo("unknown");
    }

    @Test
    void upstreamThatLeavesInALongAnswerBecomesAReset() {
        try (RawClient client = new RawClient(daemon.url())) {
            RawClient.Heard heard = client.say(request("long", FaultyUpstreams.SOUND.length()) + FaultyUpstreams.SOUND)
                    .hear();

            assertThat(heard.text()).startsWith("HTTP/1.1 200").containsIgnoringCase("content-length: 300000");
            assertThat(heard.text().length()).isLessThan(300_000);
        }
        assertThat(product.log("exchange"))
                .anyMatch(line -> line.path("connector").asString().equals("long")
                        && line.path("outcome").asString().equals("failed"));
    }

    @Test
    void upstreamThatLeavesInAStreamBecomesAnErrorEvent() {
        HttpResponse<String> answer = call("stream");

        assertThat(answer.body())
                .startsWith("event: message\ndata: {\"a\":1}\n\n")
                .endsWith("\n\n");
        String last = answer.body().substring(answer.body().lastIndexOf("data: ") + "data: ".length());
        assertThat(Json.read(last).path("id").asInt()).isEqualTo(7);
        assertThat(Json.read(last).path("error").path("message").asString()).contains("was lost");
    }

    @Test
    void clientThatLeavesInTheMiddleOfItsBodyFreesTheUpstream() {
        int before = upstreams.departures();
        try (RawClient client = new RawClient(daemon.url())) {
            client.say(request("mute", 1_000_000) + "x".repeat(500_000));
            Await.until(SOON, () -> upstreams.mute.begun() > before, () -> "the upstream was never asked");
        }
        Await.until(SOON, () -> upstreams.departures() > before, () -> "the upstream connection is still open");
        Await.until(
                SOON,
                () -> product.log("exchange").stream()
                        .anyMatch(line -> line.path("outcome").asString().equals("client_left")),
                () -> "no exchange was logged as left by its client");
    }

    @Test
    void missingKeyIsToldHowToConnectAndNothingIsTouched() {
        int before = upstreams.asked();
        HttpResponse<String> asked = Web.send(Mcp.posting(daemon.endpoint("sound"), Mcp.INITIALIZE));
        HttpResponse<String> watched = Web.get(daemon.endpoint("sound"));
        HttpResponse<String> ended = Web.send(Web.to(daemon.endpoint("sound")).DELETE());

        assertThat(asked.statusCode()).isEqualTo(200);
        assertThat(Mcp.sentence(asked))
                .startsWith("This client is not connected to Vigil. Run: vigil connect ")
                .hasSizeLessThan(200);
        assertThat(asked.headers().map()).doesNotContainKey("www-authenticate");
        assertThat(watched.statusCode()).isEqualTo(405);
        assertThat(ended.statusCode()).isEqualTo(405);
        assertThat(watched.body()).contains("vigil connect");
        assertThat(upstreams.asked()).isEqualTo(before);
    }

    @Test
    void wrongKeyIsAnsweredLikeAMissingOne() {
        int before = upstreams.asked();
        HttpResponse<String> answer = Mcp.initialize(daemon.endpoint("sound"), "vgl_not-a-key-that-anybody-minted");
        HttpResponse<String> unknown = Mcp.initialize(daemon.endpoint("no-such-connector"), "vgl_not-a-key");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(Mcp.sentence(answer)).startsWith("This client is not connected to Vigil.");
        assertThat(unknown.body()).as("nothing is revealed").isEqualTo(answer.body());
        assertThat(upstreams.asked()).isEqualTo(before);
        assertThat(product.log("turned_away"))
                .anyMatch(line -> line.path("detail").asString().contains("a local key that is not known"));
    }

    @Test
    void strangeHostIsRefused() {
        assertThat(
                        say(
                                "POST /mcp/sound HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"))
                .startsWith("HTTP/1.1 403")
                .contains("Host 'evil.example' is not allowed here");
    }

    @Test
    void strangeOriginIsRefused() {
        assertThat(say("POST /mcp/sound HTTP/1.1\r\nHost: " + authority()
                        + "\r\nOrigin: https://evil.example\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"))
                .startsWith("HTTP/1.1 403")
                .contains("Origin 'https://evil.example' is not allowed here");
    }

    @Test
    void whatIsNotHttpIsToldSo() {
        assertThat(say("\u0016\u0003\u0001\u0002\u0000\u0001\u0000 a TLS client would say this\r\n\r\n"))
                .startsWith("HTTP/1.1 400")
                .contains("This is not HTTP.");
    }

    @Test
    void headerBlockOf100KibibytesIsRefused() {
        assertThat(say("POST /mcp/sound HTTP/1.1\r\nHost: " + authority() + "\r\nX-Long: " + "x".repeat(100 * 1024)
                        + "\r\n\r\n"))
                .startsWith("HTTP/1.1 431")
                .contains("The header block is longer than 64 KiB.");
    }

    @Test
    void bodyThatIsNotJsonIsToldSo() {
        HttpResponse<String> answer =
                Web.send(Mcp.posting(daemon.endpoint("loggedout"), "hello").header("Authorization", "Bearer " + key));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(Mcp.sentence(answer)).isEqualTo("This body is not JSON-RPC.");
        assertThat(Json.read(answer.body()).path("error").path("code").asInt()).isEqualTo(-32700);
    }

    @Test
    void connectorThatNobodyLoggedInToSaysSo() {
        HttpResponse<String> answer = call("loggedout");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(Mcp.sentence(answer))
                .startsWith("not logged in to loggedout")
                .contains("vigil login loggedout");
        assertThat(Mcp.skip(answer).path("kind").asString()).isEqualTo("not_logged_in");
    }

    private static HttpResponse<String> call(String connector) {
        return Web.send(Mcp.calling(daemon.endpoint(connector), key, "some-tool"));
    }

    private static String say(String request) {
        try (RawClient client = new RawClient(daemon.url())) {
            return client.say(request).hear().text();
        }
    }

    private static String request(String connector, int length) {
        return "POST /mcp/" + connector + " HTTP/1.1\r\nHost: " + authority() + "\r\nAuthorization: Bearer " + key
                + "\r\nContent-Type: application/json\r\nContent-Length: " + length + "\r\n\r\n";
    }

    private static String authority() {
        return daemon.url().substring("http://".length());
    }
}
