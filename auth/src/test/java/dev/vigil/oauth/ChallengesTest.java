// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.oauth.Challenges.Challenge;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ChallengesTest {

    static Stream<Arguments> headers() {
        return Stream.of(
                row("Bearer", "Bearer{}"),
                row("bearer realm=x", "bearer{realm=x}"),
                row("Bearer realm=\"a b\", error=\"invalid_token\"", "Bearer{error=invalid_token, realm=a b}"),
                row("Bearer REALM=\"a\"", "Bearer{realm=a}"),
                row("Bearer realm = \"a\" , scope =\"r w\"", "Bearer{realm=a, scope=r w}"),
                row("Bearer realm=\"a\" error=\"comma forgotten\"", "Bearer{error=comma forgotten, realm=a}"),
                row("Bearer realm=\"a\\\"b\\\\c\"", "Bearer{realm=a\"b\\c}"),
                row("Bearer realm=\"a, Basic b=c\"", "Bearer{realm=a, Basic b=c}"),
                row("Basic realm=\"x\", Bearer scope=\"y\"", "Basic{realm=x}", "Bearer{scope=y}"),
                row("Basic, Bearer", "Basic{}", "Bearer{}"),
                row("Negotiate YII+/x==, Bearer realm=x", "Negotiate{}", "Bearer{realm=x}"),
                row("Negotiate YII==", "Negotiate{}"),
                row("Bearer realm=, scope=r", "Bearer{scope=r}"), // realm= is token68 by the grammar
                row(", ,Bearer realm=x,,", "Bearer{realm=x}"),
                row("Bearer realm=\"never closed", "Bearer{realm=never closed}"),
                row("Bearer realm=\"ends in a backslash\\", "Bearer{realm=ends in a backslash\\}"),
                row("Bearer realm=\"first\", realm=\"second\"", "Bearer{realm=first}"),
                row("realm=\"of nobody\", Bearer scope=s", "Bearer{scope=s}"),
                row(""),
                row("   "),
                row("\"\"=,==\\"),
                row("ü Bearer\u0000realm=x", "Bearer{realm=x}"));
    }

    @ParameterizedTest
    @MethodSource("headers")
    void readsChallengesAsTheGrammarSays(String header, List<String> expected) {
        assertThat(Challenges.parse(List.of(header)).stream().map(ChallengesTest::shown))
                .containsExactlyElementsOf(expected);
    }

    @Test
    void severalHeadersAreReadInOrder() {
        assertThat(Challenges.parse(List.of("Basic realm=a", "Bearer realm=b, DPoP")).stream()
                        .map(Challenge::scheme))
                .containsExactly("Basic", "Bearer", "DPoP");
    }

    @Test
    void oauthChallengeIsTheOneThatNamesMetadataElseTheFirstBearer() {
        assertThat(Challenges.ofOAuth(List.of("Bearer realm=a", "DPoP resource_metadata=\"https://x\"")))
                .map(Challenge::scheme)
                .contains("DPoP");
        assertThat(Challenges.ofOAuth(List.of("Basic realm=a, Bearer scope=\"b\", bearer scope=\"c\"")))
                .map(Challenge::scopes)
                .contains(List.of("b"));
        assertThat(Challenges.ofOAuth(List.of("Basic realm=a"))).isEmpty();
    }

    @Test
    void scopeIsSplitAtBlanksAndBlankParametersCountAsAbsent() {
        Challenge challenge = Challenges.parse(
                        List.of("Bearer error=\"insufficient_scope\", scope=\" a  b\ta \", resource_metadata=\" \""))
                .get(0);
        assertThat(challenge.scopes()).containsExactly("a", "b");
        assertThat(challenge.error()).contains("insufficient_scope");
        assertThat(challenge.resourceMetadata()).isEmpty();
    }

    @Test
    void anyBytesGiveAnAnswer() {
        Random random = new Random(7);
        String alphabet = "Bearer=\", \\\tab~/\u0000\u00ff";
        for (int round = 0; round < 20_000; round++) {
            StringBuilder header = new StringBuilder();
            int length = random.nextInt(30);
            for (int i = 0; i < length; i++) {
                header.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            List<Challenge> found = Challenges.parse(List.of(header.toString()));
            assertThat(found)
                    .allSatisfy(challenge -> assertThat(challenge.scheme()).isNotEmpty());
        }
    }

    @Test
    void hugeHeaderIsReadOnceAndNotAgainAndAgain() {
        assertThat(Challenges.parse(List.of("a,".repeat(500_000)))).hasSize(500_000);
        assertThat(Challenges.parse(List.of("Bearer x=\"" + "\\\"".repeat(500_000))))
                .hasSize(1);
    }

    private static Arguments row(String header, String... expected) {
        return Arguments.of(header, List.of(expected));
    }

    private static String shown(Challenge challenge) {
        return challenge.scheme() + new java.util.TreeMap<>(Map.copyOf(challenge.parameters()));
    }
}
