// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.Grant;
import dev.vigil.auth.Grants;
import dev.vigil.auth.RefreshOutcome;
import dev.vigil.auth.Secret;
import dev.vigil.auth.Timeline;
import dev.vigil.oauth.OAuthTransport.Answer;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** A subclass that somebody adds has to pass through every method that takes its type apart. */
class SealedTypesTest {
    private static final URI SOMEWHERE = URI.create("https://auth.example.com/x");

    private final Timeline time = new Timeline();
    private final Grant held = Grants.lasting(Duration.ofHours(1), time.now().wall());

    @Test
    void everyAnswerIsTakenApartEverywhere() {
        List<Answer> all = List.of(
                new Answer.NotConnected("a"),
                new Answer.NotSent("b"),
                new Answer.SentWithoutAnswer("c"),
                new Answer.Answered(404, List.of(), new byte[0]));
        feed(
                Answer.class,
                all,
                answer -> OAuthRefresher.outcome(answer, held, time.now().wall()));
        feed(Answer.class, all, Revocation::outcome);
        feed(Answer.class, all, answer -> new ServerProbe((request, limit) -> answer).probe(SOMEWHERE));
        feed(Answer.class, all, SealedTypesTest::heard);
    }

    @Test
    void everyTokenAnswerIsTakenApart() {
        TokenAnswer.Tokens tokens = new TokenAnswer.Tokens(
                new Secret("a"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        List<TokenAnswer> all = List.of(
                tokens,
                new TokenAnswer.Refused("invalid_grant", Optional.empty()),
                new TokenAnswer.NotNow("later", Optional.empty()),
                new TokenAnswer.Garbled("half"));
        List<Class<? extends RefreshOutcome>> outcomes = List.of(
                RefreshOutcome.Refreshed.class,
                RefreshOutcome.Rejected.class,
                RefreshOutcome.Unreachable.class,
                RefreshOutcome.Unanswered.class);
        feed(
                TokenAnswer.class,
                all,
                answer -> OAuthRefresher.outcome(answer, held, time.now().wall()));
        assertThat(all.stream()
                        .<Class<?>>map(answer -> OAuthRefresher.outcome(
                                        answer, held, time.now().wall())
                                .getClass()))
                .containsExactlyElementsOf(outcomes);
    }

    @Test
    void everyLoginStatusIsTakenApart() {
        feed(LoginStatus.class, List.copyOf(LoginCallbackTest.PAGES.keySet()), LoginCallback::page);
    }

    private static Object heard(Answer answer) {
        try {
            return OAuthCalls.heard(answer, SOMEWHERE);
        } catch (LoginException e) {
            return e;
        }
    }

    private static <T> void feed(Class<T> type, List<? extends T> all, Function<T, Object> apart) {
        assertThat(all.stream().<Class<?>>map(Object::getClass))
                .as("one of each " + type.getSimpleName())
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(type.getPermittedSubclasses()).toList());
        all.forEach(one -> assertThat(apart.apply(one)).isNotNull());
    }
}
