// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.oauth.LoginException;
import dev.vigil.oauth.LoginReport;
import dev.vigil.oauth.LoginStatus;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LoginJsonTest {
    static Stream<LoginStatus> statuses() {
        return Stream.of(
                new LoginStatus.Waiting("id", "notion", URI.create("https://as/authorize?a=b&c=d%20e")),
                new LoginStatus.Done(new LoginReport(
                        "notion",
                        "https://as",
                        Optional.of("ada"),
                        List.of("read", "write"),
                        Optional.of(Duration.ofHours(1)),
                        true)),
                new LoginStatus.Done(
                        new LoginReport("notion", "https://as", Optional.empty(), List.of(), Optional.empty(), false)),
                new LoginStatus.Failed("notion", LoginException.Kind.REFUSED, "it said \"no\""),
                new LoginStatus.Unknown());
    }

    @ParameterizedTest
    @MethodSource("statuses")
    void aLoginArrivesAsItWasSent(LoginStatus status) {
        assertThat(LoginJson.read(LoginJson.write(status))).isEqualTo(status);
    }

    @Test
    void everyKindOfStatusIsAmongThese() {
        assertThat(statuses().map(Object::getClass).distinct())
                .containsExactlyInAnyOrder(LoginStatus.class.getPermittedSubclasses());
    }
}
