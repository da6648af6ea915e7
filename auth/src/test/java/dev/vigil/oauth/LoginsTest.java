// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import static dev.vigil.oauth.FakeAuthServer.MCP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.vigil.auth.Connector;
import dev.vigil.auth.Elsewhere;
import dev.vigil.auth.Grant;
import dev.vigil.auth.LossBook;
import dev.vigil.auth.MemoryVault;
import dev.vigil.auth.RefreshPolicy;
import dev.vigil.auth.RefreshSettings;
import dev.vigil.auth.Timeline;
import dev.vigil.oauth.LoginException.Kind;
import dev.vigil.oauth.LoginStatus.Done;
import dev.vigil.oauth.LoginStatus.Failed;
import dev.vigil.oauth.LoginStatus.Unknown;
import dev.vigil.oauth.LoginStatus.Waiting;
import dev.vigil.oauth.OAuthTransport.Answer;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class LoginsTest {
    private static final Connector NOTION = Connector.oauth("notion", MCP);

    private final Timeline time = new Timeline();
    private final FakeAuthServer server = new FakeAuthServer(time);
    private final MemoryVault vault = new MemoryVault(time);
    private final List<Grant> heard = new ArrayList<>();
    private final Logins logins = new Logins(setup(server), heard::add);

    @Test
    void redirectFinishesItsLoginAndTheListenerHearsOfTheSavedGrant() throws Exception {
        Waiting waiting = begin();
        assertThat(logins.status(waiting.id())).isEqualTo(waiting);
        LoginStatus outcome = logins.redirected(server.approve(waiting.authorizationUrl()));
        assertThat(outcome)
                .asInstanceOf(type(Done.class))
                .satisfies(done -> assertThat(done.report().connector()).isEqualTo("notion"));
        assertThat(logins.status(waiting.id())).isEqualTo(outcome);
        assertThat(heard).containsExactly(vault.load("notion").orElseThrow());
    }

    @Test
    void secondBeginJoinsTheFirst() throws Exception {
        Waiting first = begin();
        int asked = server.asked().size();
        assertThat(begin()).isEqualTo(first);
        assertThat(server.asked()).hasSize(asked);
    }

    @Test
    void otherScopesAreAnotherLoginThatTakesThePlaceOfTheFirst() throws Exception {
        Waiting first = begin();
        Waiting second = logins.begin(NOTION, Optional.of(List.of("write")));
        assertThat(second.id()).isNotEqualTo(first.id());
        assertThat(logins.redirected(server.approve(first.authorizationUrl()))).isEqualTo(new Unknown());
        assertThat(logins.redirected(server.approve(second.authorizationUrl()))).isInstanceOf(Done.class);
    }

    @Test
    void loginsOfTwoConnectorsDoNotDisturbEachOther() throws Exception {
        Waiting first = begin();
        Waiting second = logins.begin(Connector.oauth("other", MCP), Optional.empty());
        assertThat(logins.redirected(server.approve(first.authorizationUrl()))).isInstanceOf(Done.class);
        assertThat(logins.redirected(server.approve(second.authorizationUrl()))).isInstanceOf(Done.class);
        assertThat(heard).extracting(Grant::connector).containsExactly("notion", "other");
    }

    @Test
    void redirectCountsOnce() throws Exception {
        Waiting waiting = begin();
        URI back = server.approve(waiting.authorizationUrl());
        assertThat(logins.redirected(back)).isInstanceOf(Done.class);
        assertThat(logins.redirected(back)).isEqualTo(new Unknown());
        assertThat(heard).hasSize(1);
        assertThat(server.isLive("at-3")).isTrue(); // sent twice, the code would have ended the grant
    }

    @Test
    void strangersRedirectIsUnknownAndHarmsNothing() throws Exception {
        Waiting waiting = begin();
        for (String query : List.of("", "?", "?state=", "?state=x&code=y", "?error=access_denied", "?state=%zz")) {
            assertThat(logins.redirected(URI.create("/oauth/callback" + query.replace("%zz", "%25zz"))))
                    .isEqualTo(new Unknown());
        }
        assertThat(logins.redirected(server.approve(waiting.authorizationUrl())))
                .isInstanceOf(Done.class);
    }

    @Test
    void refusedLoginIsOverAndTheNextOneIsNew() throws Exception {
        Waiting waiting = begin();
        LoginStatus outcome = logins.redirected(server.deny(waiting.authorizationUrl()));
        assertThat(outcome)
                .asInstanceOf(type(Failed.class))
                .satisfies(failed -> assertThat(failed.kind()).isEqualTo(Kind.REFUSED));
        assertThat(logins.status(waiting.id())).isEqualTo(outcome);
        assertThat(begin().id()).isNotEqualTo(waiting.id());
        assertThat(heard).isEmpty();
    }

    @Test
    void loginDiesAfterTenMinutes() throws Exception {
        Waiting waiting = begin();
        time.advance(Logins.LIFE.minusSeconds(1));
        assertThat(logins.status(waiting.id())).isEqualTo(waiting);
        time.advance(Duration.ofSeconds(1));
        assertThat(logins.status(waiting.id()))
                .asInstanceOf(type(Failed.class))
                .satisfies(failed -> assertThat(failed.kind()).isEqualTo(Kind.EXPIRED))
                .satisfies(failed -> assertThat(failed.message()).contains("vigil login notion"));
        assertThat(begin().id()).isNotEqualTo(waiting.id());
    }

    @Test
    void lateRedirectIsToldSoAndSendsNoCode() throws Exception {
        Waiting waiting = begin();
        URI back = server.approve(waiting.authorizationUrl());
        time.leap(Logins.LIFE); // the laptop slept: the wall clock alone has moved
        assertThat(logins.redirected(back))
                .asInstanceOf(type(Failed.class))
                .satisfies(failed -> assertThat(failed.kind()).isEqualTo(Kind.EXPIRED));
        assertThat(server.askedFor()).doesNotContain("POST " + FakeAuthServer.TOKEN);
    }

    @Test
    void outcomesAreForgottenInTheEnd() throws Exception {
        Waiting waiting = begin();
        logins.redirected(server.approve(waiting.authorizationUrl()));
        time.advance(Duration.ofMinutes(20));
        assertThat(logins.status(waiting.id())).isEqualTo(new Unknown());
    }

    @Test
    void loginThatCannotBeginIsNotPending() throws Exception {
        server.answerOnce(MCP.toString(), new Answer.NotConnected("refused"));
        assertThatThrownBy(this::begin).isInstanceOf(LoginException.class);
        assertThat(begin().connector()).isEqualTo("notion");
    }

    @Test
    @Timeout(30)
    void twoWhoBeginAtOnceShareOneLogin() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        OAuthTransport held = (request, limit) -> {
            asked.countDown();
            awaitQuietly(answer);
            return server.send(request, limit);
        };
        Logins shared = new Logins(setup(held), heard::add);
        ExecutorService two = Executors.newFixedThreadPool(2);
        try {
            Future<Waiting> first = two.submit(() -> shared.begin(NOTION, Optional.empty()));
            assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
            Future<Waiting> second = two.submit(() -> shared.begin(NOTION, Optional.empty()));
            answer.countDown();
            assertThat(second.get()).isEqualTo(first.get());
            assertThat(server.askedFor().stream().filter(line -> line.equals("POST " + MCP)))
                    .hasSize(1);
        } finally {
            two.shutdownNow();
        }
    }

    @Test
    @Timeout(30)
    void browserThatComesTwiceWhileTheCodeIsExchangedIsUnknownTheSecondTime() throws Exception {
        CountDownLatch exchanging = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        OAuthTransport slow = (request, limit) -> {
            if (request.url().toString().equals(FakeAuthServer.TOKEN)) {
                exchanging.countDown();
                awaitQuietly(goOn);
            }
            return server.send(request, limit);
        };
        Logins shared = new Logins(setup(slow), heard::add);
        Waiting waiting = shared.begin(NOTION, Optional.empty());
        URI back = server.approve(waiting.authorizationUrl());
        ExecutorService one = Executors.newSingleThreadExecutor();
        try {
            Future<LoginStatus> first = one.submit(() -> shared.redirected(back));
            assertThat(exchanging.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(shared.redirected(back)).isEqualTo(new Unknown());
            assertThat(shared.status(waiting.id())).isEqualTo(waiting);
            goOn.countDown();
            assertThat(first.get()).isInstanceOf(Done.class);
        } finally {
            one.shutdownNow();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private Waiting begin() throws LoginException {
        return logins.begin(NOTION, Optional.empty());
    }

    private LoginSetup setup(OAuthTransport transport) {
        return new LoginSetup(
                transport,
                vault,
                new MemoryClients(),
                new RefreshPolicy("machine", name -> RefreshSettings.DEFAULT),
                time,
                URI.create("http://127.0.0.1:7470/oauth/callback"),
                LossBook.BLANK,
                Elsewhere.NOWHERE,
                counted -> {});
    }
}
