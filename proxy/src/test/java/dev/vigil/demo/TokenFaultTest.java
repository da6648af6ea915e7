// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.demo.AuthWalk.Tokens;
import dev.vigil.demo.RawSocket.End;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TokenFaultTest {
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final Duration LONG = Duration.ofSeconds(10);

    private final DemoAuthServer.Settings settings = DemoAuthServer.Settings.standard();
    private final FaultScript<TokenFault> faults = settings.faults();
    private final DemoAuthServer auth = DemoAuthServer.start(settings);
    private AuthWalk walk;
    private Tokens tokens;

    @BeforeEach
    void login() throws Exception {
        walk = new AuthWalk(auth);
        tokens = walk.login();
    }

    @AfterEach
    void close() {
        auth.close();
    }

    @Test
    void statusSpendsNothing() throws Exception {
        faults.next(2, TokenFault.status(503), "refresh_token");
        assertThat(refresh().statusCode()).isEqualTo(503);
        assertThat(refresh().statusCode()).isEqualTo(503);
        assertThat(refresh().statusCode()).isEqualTo(200);
    }

    @Test
    void htmlOn200SpendsNothing() throws Exception {
        faults.next(1, TokenFault.htmlOn200());
        HttpResponse<String> page = refresh();
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type")).contains("text/html");
        assertThat(refresh().statusCode()).isEqualTo(200);
    }

    @Test
    void oauthErrorIsOneOfRfc6749() throws Exception {
        faults.next(1, TokenFault.oauthError(401, "invalid_client"));
        HttpResponse<String> refused = refresh();
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(Web.json(refused).path("error").asString()).isEqualTo("invalid_client");
    }

    @Test
    void faultForRefreshesLeavesLoginsAlone() throws Exception {
        faults.next(1, TokenFault.status(500), "refresh_token");
        assertThat(walk.login().access()).isNotEmpty();
        assertThat(refresh().statusCode()).isEqualTo(500);
    }

    @Test
    void droppedBeforeTheCommitSpendsNothing() throws Exception {
        faults.next(1, new TokenFault.DropBeforeCommit());
        assertThat(rawRefresh(LONG)).isEqualTo(new RawSocket.Heard("", End.RESET));
        assertThat(refresh().statusCode()).isEqualTo(200);
    }

    @Test
    void droppedAfterTheCommitHasSpentTheToken() throws Exception {
        faults.next(1, new TokenFault.DropAfterCommit());
        assertThat(rawRefresh(LONG)).isEqualTo(new RawSocket.Heard("", End.RESET));
        assertThat(auth.counts().refreshes()).isEqualTo(1);
        assertThat(refresh().statusCode()).isEqualTo(400);
        assertThat(auth.counts().reuses()).isEqualTo(1);
    }

    @Test
    void heldBeforeTheCommitIsCommittedWhenLetGo() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        AtomicInteger asked = new AtomicInteger();
        faults.next(1, new TokenFault.HoldBeforeCommit(() -> {
            asked.incrementAndGet();
            return gate;
        }));
        try (RawSocket socket = rawRefresh()) {
            Await.until("the request has come", () -> asked.get() == 1);
            assertThat(auth.counts().refreshes()).isZero();
            gate.complete(null);
            assertThat(socket.hear(SHORT).text()).startsWith("HTTP/1.1 200").contains("access_token");
        }
        assertThat(auth.counts().refreshes()).isEqualTo(1);
    }

    @Test
    void heldAfterTheCommitHasSpentTheTokenBeforeTheAnswer() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        faults.next(1, new TokenFault.HoldAfterCommit(() -> gate));
        try (RawSocket socket = rawRefresh()) {
            Await.until("the token is spent", () -> auth.counts().refreshes() == 1);
            assertThat(socket.hear(SHORT)).isEqualTo(new RawSocket.Heard("", End.SILENCE));
            gate.complete(null);
            assertThat(socket.hear(SHORT).text()).startsWith("HTTP/1.1 200").contains("access_token");
        }
    }

    @Test
    void delayedAnswersComeLate() throws Exception {
        faults.next(1, TokenFault.delayBeforeCommit(SHORT));
        long begun = System.nanoTime();
        Tokens second = Tokens.of(refresh());
        faults.next(1, TokenFault.delayAfterCommit(SHORT));
        assertThat(walk.token(walk.refresh(second.refresh())).statusCode()).isEqualTo(200);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(SHORT.multipliedBy(2));
    }

    @Test
    void neverAnsweredSpendsNothing() throws Exception {
        faults.next(1, TokenFault.neverAnswer());
        assertThat(rawRefresh(SHORT)).isEqualTo(new RawSocket.Heard("", End.SILENCE));
        assertThat(auth.counts().refreshes()).isZero();
        assertThat(refresh().statusCode()).isEqualTo(200);
    }

    @Test
    void lifetimeCanBeLeftOut() throws Exception {
        faults.next(1, new TokenFault.OmitExpiresIn());
        HttpResponse<String> answer = refresh();
        assertThat(Web.json(answer).has("access_token")).isTrue();
        assertThat(Web.json(answer).has("expires_in")).isFalse();
    }

    @Test
    void refreshTokenCanBeLeftOutAndTheOldOneStaysGood() throws Exception {
        faults.next(1, new TokenFault.OmitRefreshToken());
        assertThat(Web.json(refresh()).has("refresh_token")).isFalse();
        assertThat(Web.json(refresh()).has("refresh_token")).isTrue();
        assertThat(auth.counts().reuses()).isZero();
    }

    private HttpResponse<String> refresh() throws Exception {
        return walk.token(walk.refresh(tokens.refresh()));
    }

    private RawSocket.Heard rawRefresh(Duration patience) throws Exception {
        try (RawSocket socket = rawRefresh()) {
            return socket.hear(patience);
        }
    }

    private RawSocket rawRefresh() throws Exception {
        RawSocket socket = new RawSocket(auth.issuer() + "/token");
        socket.post(Web.encoded(walk.refresh(tokens.refresh())), "Content-Type", "application/x-www-form-urlencoded");
        return socket;
    }
}
