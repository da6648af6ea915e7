// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import static dev.vigil.oauth.FakeAuthServer.ISSUER;
import static dev.vigil.oauth.FakeAuthServer.MCP;
import static dev.vigil.oauth.FakeAuthServer.RESOURCE_METADATA;
import static dev.vigil.oauth.FakeAuthServer.SERVER_METADATA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.vigil.auth.Timeline;
import dev.vigil.oauth.OAuthTransport.Answer;
import dev.vigil.oauth.OAuthTransport.Header;
import dev.vigil.oauth.OAuthTransport.Request;
import dev.vigil.oauth.ServerProbe.Finding;
import dev.vigil.oauth.ServerProbe.Finding.NotMcp;
import dev.vigil.oauth.ServerProbe.Finding.Open;
import dev.vigil.oauth.ServerProbe.Finding.Unreachable;
import dev.vigil.oauth.ServerProbe.Finding.WantsKey;
import dev.vigil.oauth.ServerProbe.Finding.WantsOAuth;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerProbeTest {
    private static final String RESULT = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"protocolVersion\":\"2025-11-25\","
            + "\"serverInfo\":{\"name\":\"every\\u001bthing\",\"version\":\"2.0\"}}}";
    private static final Open EVERYTHING = new Open(Optional.of("every thing"));
    private static final Open NAMELESS = new Open(Optional.empty());

    private final FakeAuthServer server = new FakeAuthServer(new Timeline());
    private final ServerProbe probe = new ServerProbe(server);

    @Test
    void refusalWithMetadataIsOAuth() {
        assertThat(probe.probe(MCP)).isEqualTo(new WantsOAuth(Optional.of(ISSUER), Optional.empty()));
    }

    @Test
    void asksOneInitializeWithoutAToken() {
        probe.probe(MCP);
        Request first = server.asked().get(0);
        assertThat(first.headers())
                .contains(new Header("Accept", "application/json, text/event-stream"))
                .noneMatch(header -> header.name().equalsIgnoreCase("Authorization"));
        assertThat(ForeignJson.parse(first.body().orElseThrow())).hasValueSatisfying(message -> {
            assertThat(message.text("method")).contains("initialize");
            ForeignJson params = message.object("params").orElseThrow();
            assertThat(params.text("protocolVersion")).contains("2025-11-25");
            assertThat(params.object("clientInfo").orElseThrow().text("name")).contains("vigil");
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    void refusalWithoutMetadataIsAKey(int status) {
        server.withdraw("GET " + RESOURCE_METADATA);
        answers(status, "text/plain", "no", new Header("WWW-Authenticate", "ApiKey realm=\"x\", Basic"));
        assertThat(probe.probe(MCP)).asInstanceOf(type(WantsKey.class)).satisfies(key -> {
            assertThat(key.status()).isEqualTo(status);
            assertThat(key.hint()).contains(String.valueOf(status), "ApiKey, Basic");
        });
        assertThat(server.askedFor()).noneMatch(line -> line.contains("/register") || line.contains("/authorize"));
    }

    @Test
    void oauthThatCannotBeUsedIsToldWithItsReason() {
        server.serverMetadata().remove("code_challenge_methods_supported");
        assertThat(probe.probe(MCP))
                .asInstanceOf(type(WantsOAuth.class))
                .satisfies(oauth -> assertThat(oauth.note().orElse("")).contains("S256"));
        server.answerOnce(SERVER_METADATA, new Answer.NotConnected("certificate has expired"));
        assertThat(probe.probe(MCP))
                .asInstanceOf(type(WantsOAuth.class))
                .satisfies(oauth -> assertThat(oauth.note().orElse("")).contains("certificate has expired"));
        server.withdraw("GET " + RESOURCE_METADATA);
        assertThat(probe.probe(MCP))
                .asInstanceOf(type(WantsOAuth.class))
                .satisfies(oauth -> assertThat(oauth.issuer()).isEmpty())
                .satisfies(oauth -> assertThat(oauth.note()).isPresent());
    }

    static Stream<Arguments> answers() {
        return Stream.of(
                Arguments.of(200, "application/json", RESULT, EVERYTHING),
                Arguments.of(200, "text/event-stream", "event: message\ndata: " + RESULT + "\n\n", EVERYTHING),
                Arguments.of(
                        200,
                        "text/event-stream; charset=utf-8",
                        ": hello\r\n\r\nid: 1\r\ndata:\r\n\r\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"x\"}\r\n\r\ndata:"
                                + RESULT + "\r\n\r\n",
                        EVERYTHING),
                Arguments.of(200, "application/json", "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}", NAMELESS),
                Arguments.of(
                        400,
                        "application/json",
                        "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32601}}",
                        NAMELESS),
                Arguments.of(200, "text/html", "<html>shop</html>", new NotMcp("status 200, text/html")),
                Arguments.of(200, "application/json", "{\"hello\":1}", new NotMcp("status 200, application/json")),
                Arguments.of(
                        200, "text/event-stream", "data: nothing\n\n", new NotMcp("status 200, text/event-stream")),
                Arguments.of(404, "text/plain", "", new NotMcp("status 404, text/plain")),
                Arguments.of(405, "text/html", "", new NotMcp("status 405, text/html")),
                Arguments.of(503, "text/html", "", new Unreachable("it answered 503")),
                Arguments.of(429, "text/html", "", new Unreachable("it answered 429")));
    }

    @ParameterizedTest
    @MethodSource("answers")
    void whatAnswersDecidesWhatItIs(int status, String contentType, String body, Finding expected) {
        answers(status, contentType, body);
        assertThat(probe.probe(MCP)).isEqualTo(expected);
    }

    @Test
    void redirectIsNamedAndNotFollowed() {
        answers(308, "text/html", "", new Header("Location", "/v2/mcp"));
        assertThat(probe.probe(MCP)).isEqualTo(new NotMcp("status 308, a redirect to https://mcp.example.com/v2/mcp"));
        assertThat(server.asked()).hasSize(1);
    }

    private void answers(int status, String contentType, String body, Header... more) {
        List<Header> headers = Stream.concat(Stream.of(new Header("Content-Type", contentType)), Stream.of(more))
                .toList();
        server.route(
                "POST " + MCP, request -> new Answer.Answered(status, headers, body.getBytes(StandardCharsets.UTF_8)));
    }
}
