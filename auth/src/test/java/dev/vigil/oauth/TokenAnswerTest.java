// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.vigil.auth.Secret;
import dev.vigil.oauth.OAuthTransport.Answer.Answered;
import dev.vigil.oauth.OAuthTransport.Header;
import dev.vigil.oauth.TokenAnswer.NotNow;
import dev.vigil.oauth.TokenAnswer.Tokens;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ObjectAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenAnswerTest {
    private static final Instant NOW = Instant.parse("2026-11-21T08:00:00Z");
    private static final String JSON = "application/json";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                // status | content type  | body                                        | kind
                "200 | application/json | {'access_token':'a','token_type':'Bearer'}    | Tokens",
                "201 | application/json | {'access_token':'a','token_type':'bearer'}    | Tokens",
                "200 | text/plain       | {'access_token':'a'}                          | Tokens",
                "200 | -                | {'access_token':'a'}                          | Tokens",
                "200 | application/json | {'access_token':'a','refresh_token':null,'expires_in':null,'scope':[]} | Tokens",
                "200 | application/json | {'access_token':'a','error':''}               | Tokens",
                "200 | application/json | {'access_token':'a','token_type':'DPoP'}      | Garbled",
                "200 | application/json | {'access_token':''}                           | Garbled",
                "200 | application/json | {'access_token':7}                            | Garbled",
                "200 | application/json | {}                                            | Garbled",
                "200 | application/json | {'access_token':'a                            | Garbled",
                "200 | application/json | []                                            | Garbled",
                "200 | application/json | ''                                            | Garbled",
                "204 | -                | ''                                            | Garbled",
                "200 | text/plain       | {'acc                                         | Garbled",
                "200 | text/html        | <html>sign in to the hotel network</html>     | NotNow",
                "200 | -                | <html>maintenance</html>                      | NotNow",
                "200 | text/plain       | OK                                            | NotNow",
                "200 | application/json | {'error':'invalid_grant'}                     | Refused invalid_grant",
                "200 | application/json | {'ok':false,'error':'token_revoked'}          | Refused token_revoked",
                "200 | application/json | {'error':'server_error'}                      | NotNow",
                "400 | application/json | {'error':'invalid_grant'}                     | Refused invalid_grant",
                "400 | text/plain       | {'error':'invalid_grant'}                     | Refused invalid_grant",
                "401 | application/json | {'error':'invalid_client'}                    | Refused invalid_client",
                "403 | application/json | {'error':'unauthorized_client'}               | Refused unauthorized_client",
                "400 | application/json | {'error':'invalid_target'}                    | Refused invalid_target",
                "400 | application/json | {'error':'temporarily_unavailable'}           | NotNow",
                "400 | application/json | {'error':'slow_down'}                         | NotNow",
                "400 | application/json | {'error':'server_error'}                      | NotNow",
                "400 | application/json | {'error':{'code':'invalid_grant'}}            | NotNow",
                "400 | application/json | {'error':'words are not a code'}              | NotNow",
                "400 | application/json | {'message':'bad request'}                     | NotNow",
                "400 | text/html        | <html>bad request</html>                      | NotNow",
                "403 | text/html        | <html>blocked by firewall</html>              | NotNow",
                "404 | text/html        | not found                                     | NotNow",
                "408 | application/json | {'error':'invalid_grant'}                     | NotNow",
                "425 | application/json | {'error':'invalid_grant'}                     | NotNow",
                "429 | application/json | {'error':'invalid_grant'}                     | NotNow",
                "500 | application/json | {'error':'invalid_grant'}                     | NotNow",
                "502 | text/html        | bad gateway                                   | NotNow",
                "503 | -                | ''                                            | NotNow",
                "302 | text/html        | ''                                            | NotNow",
                "307 | application/json | {'access_token':'a'}                          | NotNow",
            })
    void readsEveryKindOfAnswer(int status, String contentType, String body, String expected) {
        TokenAnswer answer = read(status, contentType == null ? "" : contentType, body.replace('\'', '"'));
        String kind = answer.getClass().getSimpleName();
        assertThat(answer instanceof TokenAnswer.Refused no ? kind + " " + no.error() : kind)
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "120,                            PT2M",
                "0,                              PT0S",
                "'Sat, 21 Nov 2026 08:00:30 GMT', PT30S",
                "'Sat, 21 Nov 2026 07:00:00 GMT', -",
                "soon,                           -",
                "-5,                             -",
                "99999999999999999999,           -",
            })
    void retryAfterComesAsSecondsOrAsADate(String told, Duration expected) {
        Answered busy = answered(503, "text/html", "", new Header("Retry-After", told));
        assertThat(TokenAnswer.read(busy, NOW))
                .asInstanceOf(type(NotNow.class))
                .satisfies(answer -> assertThat(answer.retryAfter()).isEqualTo(Optional.ofNullable(expected)));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "3600,                  PT1H",
                "'\"3600\"',            PT1H",
                "3600.0,                PT1H",
                "0,                     -",
                "-1,                    -",
                "null,                  -",
                "'\"soon\"',            -",
                "99999999999999999999,  PT87600H",
                "1e300,                 PT87600H",
            })
    void expiryIsAbsoluteFromReceiptAndUnknownWhereTheServerTalksNonsense(String told, Duration expected) {
        tokens("{\"access_token\":\"a\",\"expires_in\":" + told + "}")
                .satisfies(tokens -> assertThat(tokens.expiresAt().map(end -> Duration.between(NOW, end)))
                        .isEqualTo(Optional.ofNullable(expected)));
    }

    @Test
    void withoutExpiresInAJwtTellsItsOwnEnd() {
        tokens("{\"access_token\":\"" + jwt("{\"exp\":" + NOW.plusSeconds(90).getEpochSecond() + "}") + "\"}")
                .satisfies(tokens -> assertThat(tokens.expiresAt()).contains(NOW.plusSeconds(90)));
        tokens("{\"access_token\":\"" + jwt("{\"exp\":" + NOW.minusSeconds(1).getEpochSecond() + "}") + "\"}")
                .satisfies(tokens -> assertThat(tokens.expiresAt()).isEmpty());
        tokens("{\"access_token\":\"" + jwt("{}") + "\"}")
                .satisfies(tokens -> assertThat(tokens.expiresAt()).isEmpty());
        tokens("{\"access_token\":\"x.y.z\"}")
                .satisfies(tokens -> assertThat(tokens.expiresAt()).isEmpty());
    }

    @Test
    void momentsOfAServerWhoseClockIsWrongAreReadByItsOwnDate() {
        Header tenMinutesAhead = new Header("Date", "Sat, 21 Nov 2026 08:10:00 GMT");
        String end = jwt("{\"exp\":" + NOW.plusSeconds(690).getEpochSecond() + "}");
        assertThat(TokenAnswer.read(answered(200, JSON, "{\"access_token\":\"" + end + "\"}", tenMinutesAhead), NOW))
                .asInstanceOf(type(Tokens.class))
                .satisfies(tokens -> assertThat(tokens.expiresAt()).contains(NOW.plusSeconds(90)));
        Header later = new Header("Retry-After", "Sat, 21 Nov 2026 08:10:30 GMT");
        assertThat(TokenAnswer.read(answered(503, JSON, "", tenMinutesAhead, later), NOW))
                .asInstanceOf(type(NotNow.class))
                .satisfies(wait -> assertThat(wait.retryAfter()).contains(Duration.ofSeconds(30)));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "'\"refresh_token_expires_in\":7200', PT2H",
                "'\"refresh_expires_in\":\"1800\"',   PT30M",
                "'\"refresh_expires_in\":0',          -",
                "'\"other\":1',                       -",
            })
    void endOfTheRefreshTokenIsTakenWhereItIsTold(String told, Duration expected) {
        tokens("{\"access_token\":\"a\"," + told + "}")
                .satisfies(tokens -> assertThat(tokens.refreshEnd().map(end -> Duration.between(NOW, end)))
                        .isEqualTo(Optional.ofNullable(expected)));
    }

    @Test
    void accountIsTheMailAddressElseTheSubject() {
        assertThat(account("{\"sub\":\"u-1\",\"email\":\"ann@example.com\"}")).contains("ann@example.com");
        assertThat(account("{\"sub\":\"u-1\",\"email\":7}")).contains("u-1");
        assertThat(account("{\"sub\":\"a\\u001b[31mb\\u202e\"}")).contains("a [31mb ");
        assertThat(account("{}")).isEmpty();
    }

    @Test
    void tokensAndScopesAreTakenAsTold() {
        tokens("{\"access_token\":\"a\",\"refresh_token\":\"r\",\"scope\":\" x  y x\"}")
                .satisfies(tokens -> {
                    assertThat(tokens.access()).isEqualTo(new Secret("a"));
                    assertThat(tokens.refresh()).contains(new Secret("r"));
                    assertThat(tokens.scopes()).contains(List.of("x", "y"));
                    assertThat(tokens.toString()).doesNotContain("=a,").contains("[secret]");
                });
        tokens("{\"access_token\":\"a\",\"refresh_token\":\"\"}").satisfies(tokens -> {
            assertThat(tokens.refresh()).isEmpty();
            assertThat(tokens.scopes()).isEmpty();
        });
    }

    private static Optional<String> account(String claims) {
        String body = "{\"access_token\":\"a\",\"id_token\":\"" + jwt(claims) + "\"}";
        return read(200, JSON, body) instanceof Tokens tokens ? tokens.account() : Optional.empty();
    }

    private static ObjectAssert<Tokens> tokens(String body) {
        return assertThat(read(200, JSON, body)).asInstanceOf(type(Tokens.class));
    }

    private static String jwt(String claims) {
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        String head = base64.encodeToString("{\"alg\":\"HS256\"}".getBytes(StandardCharsets.UTF_8));
        return head + "." + base64.encodeToString(claims.getBytes(StandardCharsets.UTF_8)) + ".c2ln";
    }

    private static TokenAnswer read(int status, String contentType, String body) {
        return TokenAnswer.read(answered(status, contentType, body), NOW);
    }

    private static Answered answered(int status, String contentType, String body, Header... more) {
        List<Header> headers = new ArrayList<>(List.of(more));
        if (!contentType.isEmpty()) {
            headers.add(new Header("Content-Type", contentType));
        }
        return new Answered(status, headers, body.getBytes(StandardCharsets.UTF_8));
    }
}
