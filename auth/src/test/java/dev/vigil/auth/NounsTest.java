// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The records that judge themselves. */
class NounsTest {
    private static final Instant START = Instant.parse("2026-11-21T08:00:00Z");

    @ParameterizedTest
    @ValueSource(strings = {"", "Notion", "a b", "../etc", "-x", "ä", "a.b"})
    void connectorNamesAreSafeInPathsAndFileNames(String name) {
        assertThatThrownBy(() -> Connector.oauth(name, Grants.SERVER)).hasMessageContaining("'" + name + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://x/y", "mcp.example.com", "https:///path", "https://u:p@host/", "https://host/#f"})
    void connectorUrlsAreHttpWithAHostAndNothingHidden(String url) {
        assertThatThrownBy(() -> Connector.oauth("x", URI.create(url))).hasMessageStartingWith("connector x:");
    }

    @Test
    void headerGoesWithAHeaderGrantAndOnlyWithIt() {
        assertThatThrownBy(() -> connector(GrantKind.OAUTH, Optional.of("X-Key")))
                .hasMessageContaining("grant: header");
        assertThatThrownBy(() -> connector(GrantKind.HEADER, Optional.empty())).hasMessageContaining("grant: header");
        assertThatThrownBy(() -> connector(GrantKind.HEADER, Optional.of("X Key")))
                .hasMessageContaining("'X Key' is not a header name");
        assertThat(connector(GrantKind.HEADER, Optional.of("X-Key")).header()).contains("X-Key");
    }

    @ParameterizedTest
    @CsvSource({
        "https://Host.Example/a,   https://host.example",
        "https://host:443/,        https://host",
        "https://host:8443/,       https://host:8443",
        "http://127.0.0.1:80/mcp,  http://127.0.0.1",
        "http://[::1]:7470/mcp,    http://[::1]:7470",
    })
    void originIsSchemeHostAndPort(String url, String origin) {
        assertThat(Origin.of(URI.create(url))).hasToString(origin);
    }

    @ParameterizedTest
    @CsvSource({
        // epoch, generation of one; of the other; supersedes?
        "2, 1, 1, 9, true",
        "1, 3, 1, 2, true",
        "1, 2, 1, 2, false",
        "1, 2, 1, 3, false",
        "1, 9, 2, 1, false",
    })
    void newerIsDecidedByLoginThenGeneration(
            long epoch, long generation, long epoch2, long generation2, boolean newer) {
        assertThat(grant(epoch, generation).supersedes(grant(epoch2, generation2)))
                .isEqualTo(newer);
    }

    @Test
    void tokensCannotExpireBeforeTheyWereObtained() {
        assertThatThrownBy(() -> Grants.lasting(Duration.ZERO, START))
                .hasMessageContaining("before they were obtained");
    }

    @Test
    void secretIsNotShownByAnything() {
        Grant grant = Grants.lasting(Duration.ofHours(1), START);
        assertThat(grant.toString()).doesNotContain("access-1").doesNotContain("refresh-1");
        assertThat(new Secret("abc")).isEqualTo(new Secret("abc")).isNotEqualTo(new Secret("abd"));
    }

    @ParameterizedTest
    @CsvSource({"PT0S,PT0S,false", "PT10S,PT0S,true", "PT0S,PT10S,true", "PT-1H,PT10S,true", "PT-1H,PT9S,false"})
    void deadlineFallsWhenEitherClockSaysSo(Duration wall, Duration monotonic, boolean due) {
        Deadline deadline = Deadline.in(Duration.ofSeconds(10), new Now(START, Duration.ofSeconds(100)));
        Now now = new Now(START.plus(wall), Duration.ofSeconds(100).plus(monotonic));
        assertThat(deadline.isDue(now)).isEqualTo(due);
        assertThat(deadline.left(now).compareTo(Duration.ZERO) <= 0).isEqualTo(due);
    }

    private static Grant grant(long epoch, long generation) {
        return Grants.of("notion", epoch, generation, START, Optional.of(Duration.ofHours(1)), Optional.empty());
    }

    private static Connector connector(GrantKind kind, Optional<String> header) {
        return new Connector("x", Grants.SERVER, kind, header, List.of(), Optional.empty(), RefreshSettings.DEFAULT);
    }
}
