// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.Secret;
import dev.vigil.auth.Timeline;
import dev.vigil.demo.TokenBook.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenBookTest {
    private static final Ask ASK =
            new Ask("client", "http://127.0.0.1/back", AuthWalk.CHALLENGE, "http://127.0.0.1/mcp", "mcp");
    private static final Duration LIFETIME = Duration.ofSeconds(30);

    private final Timeline time = new Timeline();
    private final AtomicInteger minted = new AtomicInteger();
    private TokenBook book = book(Duration.ZERO);

    @ParameterizedTest(name = "{0} {1} {2} {3} -> {4}")
    @CsvSource({
        "client, http://127.0.0.1/back,  good, http://127.0.0.1/mcp,   issued",
        "other,  http://127.0.0.1/back,  good, http://127.0.0.1/mcp,   invalid_grant",
        "client, http://127.0.0.1/back/, good, http://127.0.0.1/mcp,   invalid_grant",
        "client, http://127.0.0.1/back,  bad,  http://127.0.0.1/mcp,   invalid_grant",
        "client, http://127.0.0.1/back,  good, http://127.0.0.1/other, invalid_target",
    })
    void codeIsGoodOnlyForTheClientThatAskedForIt(
            String client, String redirect, String verifier, String resource, String expected) {
        Secret code = book.code(ASK, time.now());
        Ask.Proof proof =
                new Ask.Proof(client, redirect, verifier.equals("good") ? AuthWalk.VERIFIER : "x".repeat(43), resource);
        assertThat(word(book.redeemCode(code, proof, time.now()))).isEqualTo(expected);
    }

    @ParameterizedTest(name = "after {0} s: {1}")
    @CsvSource({"0, issued", "59, issued", "60, invalid_grant", "3600, invalid_grant"})
    void codeLivesForAMinute(long seconds, String expected) {
        Secret code = book.code(ASK, time.now());
        time.advance(Duration.ofSeconds(seconds));
        assertThat(word(redeem(code))).isEqualTo(expected);
    }

    @Test
    void codeThatIsUsedAgainEndsTheGrant() {
        Secret code = book.code(ASK, time.now());
        Outcome.Issued tokens = (Outcome.Issued) redeem(code);
        assertThat(word(redeem(code))).isEqualTo("invalid_grant");
        assertThat(isLive(tokens)).isFalse();
        assertThat(word(refresh(tokens))).isEqualTo("invalid_grant");
    }

    @ParameterizedTest(name = "after {0} s: {1}")
    @CsvSource({"0, true", "29, true", "30, false", "900, false"})
    void accessTokenLivesAsLongAsItWasToldTo(long seconds, boolean live) {
        Outcome.Issued tokens = login();
        time.advance(Duration.ofSeconds(seconds));
        assertThat(isLive(tokens)).isEqualTo(live);
    }

    @Test
    void eachRefreshGivesTheNextGeneration() {
        Outcome.Issued first = login();
        Outcome.Issued second = (Outcome.Issued) refresh(first);
        Outcome.Issued third = (Outcome.Issued) refresh(second);
        assertThat(third.generation()).isEqualTo(3);
        assertThat(third.refreshToken()).isNotEqualTo(second.refreshToken());
        assertThat(isLive(third)).isTrue();
        assertThat(book.counts())
                .isEqualTo(new DemoAuthServer.Counts(
                        1,
                        2,
                        0,
                        List.of(
                                new DemoAuthServer.Redemption(1, 1, 1),
                                new DemoAuthServer.Redemption(1, 2, 1),
                                new DemoAuthServer.Redemption(1, 3, 0))));
    }

    @Test
    void refreshTokenThatIsUsedAgainEndsItsWholeFamilyAndNoOther() {
        Outcome.Issued stranger = login();
        Outcome.Issued first = login();
        Outcome.Issued second = (Outcome.Issued) refresh(first);
        assertThat(word(refresh(first))).isEqualTo("invalid_grant");
        assertThat(word(refresh(second))).isEqualTo("invalid_grant");
        assertThat(isLive(second)).isFalse();
        assertThat(isLive(stranger)).isTrue();
        assertThat(book.counts().reuses()).isEqualTo(1);
        assertThat(book.counts().redemptions()).contains(new DemoAuthServer.Redemption(2, 1, 2));
    }

    @ParameterizedTest(name = "after {0} s: {1}")
    @CsvSource({"0, issued", "29, issued", "30, invalid_grant", "900, invalid_grant"})
    void refreshTokenMayBeUsedAgainWithinTheGracePeriodOfItsFirstUse(long seconds, String expected) {
        book = book(Duration.ofSeconds(30));
        Outcome.Issued first = login();
        assertThat(word(refresh(first))).isEqualTo("issued");
        time.advance(Duration.ofSeconds(seconds));
        assertThat(word(refresh(first))).isEqualTo(expected);
        assertThat(book.counts().reuses()).isEqualTo(expected.equals("issued") ? 0 : 1);
    }

    @Test
    void useWithinTheGracePeriodGivesFreshTokensAndEndsNoOthers() {
        book = book(Duration.ofSeconds(30));
        Outcome.Issued first = login();
        Outcome.Issued lost = (Outcome.Issued) refresh(first);
        Outcome.Issued again = (Outcome.Issued) refresh(first);
        assertThat(again.refreshToken()).isNotEqualTo(lost.refreshToken());
        assertThat(isLive(lost)).isTrue();
        assertThat(isLive(again)).isTrue();
        assertThat(word(refresh(lost))).isEqualTo("issued");
        assertThat(word(refresh(again))).isEqualTo("issued");
    }

    @Test
    void useWithinTheGracePeriodDoesNotProlongIt() {
        book = book(Duration.ofSeconds(30));
        Outcome.Issued first = login();
        for (int i = 0; i < 3; i++) {
            assertThat(word(refresh(first))).isEqualTo("issued");
            time.advance(Duration.ofSeconds(10));
        }
        assertThat(word(refresh(first))).isEqualTo("invalid_grant");
    }

    @Test
    void refreshWithoutRotationKeepsTheOldRefreshTokenGood() {
        Outcome.Issued first = login();
        Outcome.Issued second = (Outcome.Issued) refresh(first, false);
        assertThat(second.refreshToken()).isEmpty();
        assertThat(word(refresh(first))).isEqualTo("issued");
    }

    @ParameterizedTest(name = "{0} {1} -> {2}")
    @CsvSource({
        "client, http://127.0.0.1/mcp,   issued",
        "other,  http://127.0.0.1/mcp,   invalid_grant",
        "client, http://127.0.0.1/other, invalid_target",
    })
    void refreshTokenIsGoodOnlyForItsClientAndResource(String client, String resource, String expected) {
        Outcome.Issued tokens = login();
        Secret refresh = tokens.refreshToken().orElseThrow();
        assertThat(word(book.refresh(refresh, client, resource, true, time.now())))
                .isEqualTo(expected);
        // whoever was refused has spent nothing
        assertThat(word(refresh(tokens))).isEqualTo(expected.equals("issued") ? "invalid_grant" : "issued");
    }

    @Test
    void revokedRefreshTokenEndsTheGrantAndRevokedAccessTokenOnlyItself() {
        Outcome.Issued one = login();
        assertThat(book.revoke(one.accessToken(), "client")).isTrue();
        assertThat(isLive(one)).isFalse();
        Outcome.Issued two = (Outcome.Issued) refresh(one);
        assertThat(isLive(two)).isTrue();
        assertThat(book.revoke(two.refreshToken().orElseThrow(), "client")).isTrue();
        assertThat(isLive(two)).isFalse();
        assertThat(word(refresh(two))).isEqualTo("invalid_grant");
    }

    @Test
    void nobodyRevokesTheTokensOfAnother() {
        Outcome.Issued tokens = login();
        assertThat(book.revoke(tokens.accessToken(), "other")).isFalse();
        assertThat(book.revoke(tokens.refreshToken().orElseThrow(), "other")).isFalse();
        assertThat(isLive(tokens)).isTrue();
    }

    @Test
    void revokedGrantIsGoneAndItsNeighbourStays() {
        Outcome.Issued one = login();
        Outcome.Issued two = login();
        book.revokeGrant(one.grant());
        assertThat(isLive(one)).isFalse();
        assertThat(isLive(two)).isTrue();
        book.revokeEverything();
        assertThat(isLive(two)).isFalse();
    }

    @Test
    void accessTokensCanBeTakenAwayWhileRefreshTokensStayGood() {
        Outcome.Issued tokens = login();
        book.revokeAccessTokens();
        assertThat(isLive(tokens)).isFalse();
        assertThat(isLive((Outcome.Issued) refresh(tokens))).isTrue();
    }

    private TokenBook book(Duration reuseGrace) {
        return new TokenBook(LIFETIME, reuseGrace, prefix -> new Secret(prefix + minted.incrementAndGet()));
    }

    private Outcome.Issued login() {
        return (Outcome.Issued) redeem(book.code(ASK, time.now()));
    }

    private Outcome redeem(Secret code) {
        Ask.Proof proof = new Ask.Proof(ASK.clientId(), ASK.redirectUri(), AuthWalk.VERIFIER, ASK.resource());
        return book.redeemCode(code, proof, time.now());
    }

    private Outcome refresh(Outcome.Issued tokens) {
        return refresh(tokens, true);
    }

    private Outcome refresh(Outcome.Issued tokens, boolean rotate) {
        Secret refresh = tokens.refreshToken().orElseThrow();
        return book.refresh(refresh, ASK.clientId(), ASK.resource(), rotate, time.now());
    }

    private boolean isLive(Outcome.Issued tokens) {
        return book.facts(tokens.accessToken(), time.now()).isPresent();
    }

    private static String word(Outcome outcome) {
        return outcome instanceof Outcome.Refused refused ? refused.error() : "issued";
    }
}
