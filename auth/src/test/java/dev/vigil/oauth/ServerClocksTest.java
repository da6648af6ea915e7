// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.Timeline;
import dev.vigil.oauth.OAuthTransport.Answer;
import dev.vigil.oauth.OAuthTransport.Answer.Answered;
import dev.vigil.oauth.OAuthTransport.Answer.NotConnected;
import dev.vigil.oauth.OAuthTransport.Header;
import dev.vigil.oauth.OAuthTransport.Request;
import java.net.URI;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerClocksTest {
    private static final URI TOKEN = URI.create("https://as.example.com/token");
    private static final Duration LIMIT = Duration.ofSeconds(25);

    private final Timeline time = new Timeline();
    private Answer answer = new NotConnected("connection refused");
    private final ServerClocks clocks = new ServerClocks((request, limit) -> answer, time);

    @ParameterizedTest
    @CsvSource({"432, 432", "-600, -600", "31, 31", "30, ", "-30, ", "0, "})
    void clockThatIsOffByMoreThanHalfAMinuteShows(long ahead, Long shown) {
        said("POST", dated(ahead));
        assertThat(clocks.skew(URI.create("https://as.example.com/other")))
                .isEqualTo(Optional.ofNullable(shown).map(Duration::ofSeconds));
        assertThat(clocks.skew(URI.create("https://other.example.com/token"))).isEmpty();
    }

    @Test
    void lastAnswerWithADateCounts() {
        said("POST", dated(432));
        said("GET", dated(9000)); // perhaps from a cache
        said("POST", new Header("Date", "yesterday"));
        answer = new NotConnected("connection refused");
        assertThat(clocks.send(request("POST"), LIMIT)).isEqualTo(answer);
        assertThat(clocks.skew(TOKEN)).contains(Duration.ofSeconds(432));
        said("POST", dated(0));
        assertThat(clocks.skew(TOKEN)).isEmpty();
    }

    private void said(String method, Header date) {
        answer = new Answered(400, List.of(date), new byte[0]);
        assertThat(clocks.send(request(method), LIMIT)).isSameAs(answer);
    }

    private static Request request(String method) {
        return new Request(method, TOKEN, List.of(), Optional.empty(), false);
    }

    private Header dated(long ahead) {
        return new Header(
                "date",
                DateTimeFormatter.RFC_1123_DATE_TIME.format(
                        time.now().wall().plusSeconds(ahead).atOffset(ZoneOffset.UTC)));
    }
}
