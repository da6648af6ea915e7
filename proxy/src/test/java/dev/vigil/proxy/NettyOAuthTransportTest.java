// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.oauth.OAuthTransport.Answer;
import dev.vigil.oauth.OAuthTransport.Header;
import dev.vigil.oauth.OAuthTransport.Request;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class NettyOAuthTransportTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(500);

    private final Outbound outbound = Outbound.open(new OutboundSettings(Optional.empty(), Map.of()));
    private final NettyOAuthTransport transport = new NettyOAuthTransport(outbound);

    @AfterEach
    void stop() {
        transport.close();
    }

    @Test
    void wholeAnswerComesBackAndTheRequestWasRight() throws Exception {
        BlockingQueue<String> requests = new LinkedBlockingQueue<>();
        try (TestServer server = TestServer.plain(client -> {
            requests.add(TestServer.head(client)
                    + new String(client.getInputStream().readNBytes(8), StandardCharsets.UTF_8));
            TestServer.say(client, "HTTP/1.1 100 Continue\r\n\r\n");
            TestServer.say(client, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nSet-Cookie: a\r\nset-cookie: b\r\n\r\n{}");
            TestServer.silence(client);
        })) {
            Request request = new Request(
                    "POST",
                    at(server, "/token%20here?a=b%26c"),
                    List.of(
                            new Header("Content-Type", "text/plain"),
                            new Header("host", "evil"),
                            new Header("X-Two", "1")),
                    Optional.of("grant=ü".getBytes(StandardCharsets.UTF_8)),
                    true);
            assertThat(transport.send(request, LONG)).isInstanceOfSatisfying(Answer.Answered.class, answer -> {
                assertThat(answer.status()).isEqualTo(200);
                assertThat(new String(answer.body(), StandardCharsets.UTF_8)).isEqualTo("{}");
                assertThat(answer.headers("Set-Cookie")).containsExactly("a", "b");
            });
            String sent = requests.take();
            assertThat(sent)
                    .startsWith("POST /token%20here?a=b%26c HTTP/1.1\r\n")
                    .endsWith("\r\n\r\ngrant=ü");
            assertThat(sent.lines().map(line -> line.toLowerCase(Locale.ROOT)))
                    .contains(
                            "host: 127.0.0.1:" + server.port(),
                            "content-length: 8",
                            "connection: close",
                            "accept-encoding: identity",
                            "x-two: 1")
                    .doesNotContain("host: evil");
        }
    }

    @Test
    void getWithoutBodyCarriesNoLengthAndAnEmptyPathIsASlash() throws Exception {
        BlockingQueue<String> requests = new LinkedBlockingQueue<>();
        try (TestServer server = TestServer.plain(client -> {
            requests.add(TestServer.head(client));
            TestServer.say(client, "HTTP/1.1 404 Nope\r\n\r\nuntil the end");
        })) {
            assertThat(transport.send(get(URI.create("http://127.0.0.1:" + server.port())), LONG))
                    .isInstanceOfSatisfying(Answer.Answered.class, answer -> {
                        assertThat(answer.status()).isEqualTo(404);
                        assertThat(new String(answer.body(), StandardCharsets.UTF_8))
                                .isEqualTo("until the end");
                    });
            assertThat(requests.take()).startsWith("GET / HTTP/1.1\r\n").doesNotContainIgnoringCase("content-length");
        }
    }

    @Test
    void redirectIsAnAnswerLikeAnyOther() throws Exception {
        try (TestServer server = TestServer.plain(client -> {
            TestServer.head(client);
            TestServer.say(client, "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n");
        })) {
            assertThat(transport.send(get(at(server, "/a")), LONG))
                    .isInstanceOfSatisfying(
                            Answer.Answered.class,
                            answer -> assertThat(answer.status()).isEqualTo(302));
            assertThat(server.visitors()).isEqualTo(1);
        }
    }

    @Test
    void closedPortIsNotConnected() throws Exception {
        URI url;
        try (ServerSocket closed = new ServerSocket(0)) {
            url = URI.create("http://127.0.0.1:" + closed.getLocalPort() + "/");
        }
        assertThat(transport.send(get(url), LONG))
                .isInstanceOfSatisfying(
                        Answer.NotConnected.class,
                        answer -> assertThat(answer.reason()).contains("refused"));
    }

    @Test
    void handshakeThatNeverEndsIsNotConnected() throws Exception {
        try (TestServer server = TestServer.plain(TestServer::silence)) {
            URI url = URI.create("https://127.0.0.1:" + server.port() + "/");
            assertThat(transport.send(get(url), SHORT)).isInstanceOf(Answer.NotConnected.class);
        }
    }

    @Test
    void localServerIsNotConnectedToWhereItMayNotBe() throws Exception {
        try (TestServer server = TestServer.plain(TestServer::silence)) {
            Request request = new Request("GET", at(server, "/"), List.of(), Optional.empty(), false);
            assertThat(transport.send(request, LONG)).isInstanceOf(Answer.NotConnected.class);
            assertThat(server.visitors()).isZero();
        }
    }

    @Test
    void requestThatMayNoLongerGoIsStoppedWhenTheConnectionStands() throws Exception {
        try (TestServer server = TestServer.plain(TestServer::silence)) {
            Request late = new Request("GET", at(server, "/"), List.of(), Optional.empty(), true, () -> false);
            assertThat(transport.send(late, LONG))
                    .isEqualTo(new Answer.NotSent(
                            "the time in which it might be sent was over when the connection stood"));
        }
    }

    @Test
    void requestThatCannotBeWrittenDownIsNotConnected() throws Exception {
        try (TestServer server = TestServer.plain(TestServer::silence)) {
            Request split =
                    new Request("GET", at(server, "/"), List.of(new Header("X", "a\r\nY: b")), Optional.empty(), true);
            assertThat(transport.send(split, LONG)).isInstanceOf(Answer.NotConnected.class);
            assertThat(transport.send(get(URI.create("ftp://example.test/")), LONG))
                    .isInstanceOf(Answer.NotConnected.class);
            assertThat(server.visitors()).isZero();
        }
    }

    @Test
    void silenceAfterTheRequestIsSentWithoutAnswer() throws Exception {
        try (TestServer server = TestServer.plain(TestServer::silence)) {
            assertUnanswered(transport.send(get(at(server, "/")), SHORT), "no answer within 500 ms");
        }
    }

    @Test
    void halfAnAnswerIsNoAnswer() throws Exception {
        for (String half : List.of(
                "",
                "HTTP/1.1 200 OK\r\nContent-Le",
                "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{\"a",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n")) {
            try (TestServer server = TestServer.plain(client -> {
                TestServer.head(client);
                TestServer.say(client, half);
            })) {
                assertUnanswered(transport.send(get(at(server, "/")), LONG), "closed");
            }
        }
    }

    @Test
    void resetAfterTheRequestIsSentWithoutAnswer() throws Exception {
        try (TestServer server = TestServer.plain(client -> {
            TestServer.head(client);
            client.setSoLinger(true, 0);
        })) {
            assertUnanswered(transport.send(get(at(server, "/")), LONG), "");
        }
    }

    @Test
    void answerThatIsNotHttpIsNoAnswer() throws Exception {
        try (TestServer server = TestServer.plain(client -> {
            TestServer.head(client);
            TestServer.say(client, "SSH-2.0-OpenSSH_9.2\r\n\r\n");
            TestServer.silence(client);
        })) {
            assertUnanswered(transport.send(get(at(server, "/")), LONG), "cannot be read");
        }
    }

    @Test
    void bodyOfMoreThanOneMebibyteIsNoAnswer() throws Exception {
        for (String length : List.of("Content-Length: 1048577", "X: until the end")) {
            try (TestServer server = TestServer.plain(client -> {
                TestServer.head(client);
                TestServer.say(client, "HTTP/1.1 200 OK\r\n" + length + "\r\n\r\n" + "x".repeat(1024 * 1024 + 1));
            })) {
                assertUnanswered(transport.send(get(at(server, "/")), LONG), "longer than 1 MiB");
            }
        }
    }

    @Test
    void interruptedCallerGetsTheTruthAndStaysInterrupted() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        try (TestServer server = TestServer.plain(client -> {
            TestServer.head(client);
            asked.countDown();
            TestServer.silence(client);
        })) {
            CompletableFuture<Boolean> stillInterrupted = new CompletableFuture<>();
            CompletableFuture<Answer> answer = new CompletableFuture<>();
            Thread caller = new Thread(() -> {
                answer.complete(transport.send(get(at(server, "/")), LONG));
                stillInterrupted.complete(Thread.currentThread().isInterrupted());
            });
            caller.start();
            assertThat(asked.await(5, TimeUnit.SECONDS)).isTrue();
            caller.interrupt();
            assertUnanswered(answer.get(5, TimeUnit.SECONDS), "interrupted");
            assertThat(stillInterrupted.get(5, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void closedTransportConnectsToNobody() {
        transport.close();
        assertThat(transport.send(get(URI.create("http://127.0.0.1:9/")), LONG))
                .isInstanceOf(Answer.NotConnected.class);
    }

    @Test
    void closingGivesThoseWhoWaitTheirAnswer() throws Exception {
        try (TestServer server = TestServer.plain(client -> {
            TestServer.head(client);
            transport.close();
            TestServer.silence(client);
        })) {
            assertUnanswered(transport.send(get(at(server, "/")), LONG), "shutting down");
        }
    }

    private static void assertUnanswered(Answer answer, String reason) {
        assertThat(answer)
                .isInstanceOfSatisfying(
                        Answer.SentWithoutAnswer.class,
                        lost -> assertThat(lost.reason()).contains(reason));
    }

    private static Request get(URI url) {
        return new Request("GET", url, List.of(), Optional.empty(), true);
    }

    private static URI at(TestServer server, String target) {
        return URI.create("http://127.0.0.1:" + server.port() + target);
    }
}
