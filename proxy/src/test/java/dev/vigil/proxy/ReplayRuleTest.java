// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.Connector;
import dev.vigil.auth.GrantKind;
import dev.vigil.auth.RefreshSettings;
import dev.vigil.auth.TimeSource;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplayRuleTest {
    private static final URI URL = URI.create("https://mcp.example.com/mcp");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // kind | post | renewed | followed | status | header | verdict
                "OAUTH  | true | false | false | 200 | Content-Type: application/json | Pass",
                "OAUTH  | true | false | false | 200 | Content-Type: Text/Event-Stream; charset=utf-8 | Pass",
                "OAUTH  | true | false | false | 200 | Content-Length: 0 | Pass",
                "OAUTH  | true | false | false | 200 | Content-Type: text/html | NotMcp",
                "OAUTH  | true | false | false | 200 | X-A: b | NotMcp",
                "OAUTH  | false | false | false | 200 | Content-Type: text/html | Pass",
                "OAUTH  | true | false | false | 202 | X-A: b | Pass",
                "OAUTH  | true | false | false | 400 | X-A: b | Pass",
                "OAUTH  | true | false | false | 404 | Content-Type: text/plain | Pass",
                "OAUTH  | true | false | false | 405 | X-A: b | Pass",
                "OAUTH  | true | false | false | 429 | X-A: b | Pass",
                "OAUTH  | true | false | false | 401 | X-A: b | Renew",
                "OAUTH  | true | true  | false | 401 | X-A: b | RefusedAgain",
                "HEADER | true | false | false | 401 | X-A: b | KeyRefused",
                "NONE   | true | false | false | 401 | X-A: b | LoginWanted",
                "OAUTH  | true | false | false | 403 | X-A: b | Forbidden",
                "OAUTH  | true | false | false | 403 | WWW-Authenticate: Bearer error=\"insufficient_scope\" | InsufficientScope",
                "OAUTH  | true | false | false | 403 | WWW-Authenticate: Bearer error=\"invalid_token\" | Forbidden",
                "OAUTH  | true | false | false | 307 | Location: /v2 | Follow",
                "OAUTH  | true | false | false | 308 | Location: https://mcp.example.com:443/v2 | Follow",
                "OAUTH  | true | false | true  | 307 | Location: /v2 | Redirected",
                "OAUTH  | true | false | false | 302 | Location: /v2 | Redirected",
                "OAUTH  | true | false | false | 303 | Location: /v2 | Redirected",
                "OAUTH  | true | false | false | 307 | Location: https://evil.example/v2 | Redirected",
                "OAUTH  | true | false | false | 307 | Location: http://mcp.example.com/v2 | Redirected",
                "OAUTH  | true | false | false | 307 | Location: https://u@mcp.example.com/v2 | Redirected",
                "OAUTH  | true | false | false | 307 | Location: javascript:alert(1) | Redirected",
                "OAUTH  | true | false | false | 307 | Location: :: | Redirected",
                "OAUTH  | true | false | false | 307 | X-A: b | NotMcp",
                "OAUTH  | true | false | false | 500 | Content-Type: application/json | Pass",
                "OAUTH  | true | false | false | 502 | Content-Type: text/html | ServerTrouble",
                "OAUTH  | true | false | false | 503 | X-A: b | ServerTrouble",
            })
    void statusAndHeadersDecide(
            GrantKind kind,
            boolean post,
            boolean renewed,
            boolean followed,
            int status,
            String header,
            String verdict) {
        String[] pair = header.split(": ", 2);
        ReplayRule rule = new ReplayRule(connector(kind), URL, post, renewed, followed);
        Verdict judged = rule.judge(status, new DefaultHttpHeaders().set(pair[0], pair[1]));
        assertThat(judged.getClass().getSimpleName()).isEqualTo(verdict);
    }

    @Test
    void everyVerdictThatIsAnsweredByUsHasItsAnswer() {
        List<Verdict> answered = List.of(
                new Verdict.KeyRefused(),
                new Verdict.LoginWanted(),
                new Verdict.InsufficientScope(List.of("read")),
                new Verdict.Forbidden(),
                new Verdict.Follow("https://mcp.example.com/v2"),
                new Verdict.Redirected("https://evil.example"),
                new Verdict.NotMcp("HTTP 200 with text/html"),
                new Verdict.ServerTrouble(502, Optional.empty()));
        Set<Class<?>> handledBefore = Set.of(Verdict.Pass.class, Verdict.Renew.class, Verdict.RefusedAgain.class);
        Set<Class<?>> permitted = Arrays.stream(Verdict.class.getPermittedSubclasses())
                .filter(type -> !handledBefore.contains(type))
                .collect(Collectors.toSet());
        assertThat(answered.stream().map(Object::getClass).collect(Collectors.toSet()))
                .isEqualTo(permitted);
        for (Verdict verdict : answered) {
            OwnAnswer own = new Skips(connector(GrantKind.OAUTH), TimeSource.system()).of(verdict);
            assertThat(own.headline() + own.help())
                    .doesNotContainPattern("[;\"<>]")
                    .contains("notion");
        }
    }

    @Test
    void toolCallIsNotHarmless() {
        assertThat(ReplayRule.isHarmless(Optional.of("tools/list"))).isTrue();
        assertThat(ReplayRule.isHarmless(Optional.of("tools/call"))).isFalse();
        assertThat(ReplayRule.isHarmless(Optional.empty())).isFalse();
    }

    private static Connector connector(GrantKind kind) {
        Optional<String> header = kind == GrantKind.HEADER ? Optional.of("X-Key") : Optional.empty();
        return new Connector("notion", URL, kind, header, List.of(), Optional.empty(), RefreshSettings.DEFAULT);
    }
}
