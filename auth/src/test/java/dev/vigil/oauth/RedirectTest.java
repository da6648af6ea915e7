// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedirectTest {

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                // promised | told                          | right?
                "true,  https://auth.example.com,             true",
                "true,  https://evil.example.com,             false",
                "true,  -,                                    false",
                "false, https://auth.example.com,             true",
                "false, https://evil.example.com,             false",
                "false, -,                                    true",
                "false, https://auth.example.com/,            false",
                "false, https://AUTH.example.com,             false",
                "false, https://auth.example.com:443,         false",
                "false, https://auth%2Eexample.com,           false",
                "false, '',                                   false",
            })
    void issuerIsCheckedByTheTableOfTheSpec(boolean promised, String told, boolean right) {
        assertThat(Redirect.isIssuerRight(promised, Optional.ofNullable(told), "https://auth.example.com"))
                .isEqualTo(right);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "/cb?state=abc,             true",
                "http://h/cb?x=1&state=abc, true",
                "/cb?state=abc&state=abc,   false",
                "/cb?state=ab,              false",
                "/cb?state=abcd,            false",
                "/cb?state=,                false",
                "/cb#state=abc,             false",
                "/cb,                       false",
            })
    void stateMustBeThereOnceAndWhole(URI redirected, boolean right) {
        assertThat(Redirect.parse(redirected).carries("abc")).isEqualTo(right);
    }

    @Test
    void valuesAreFormDecodedOnceAndBlankOnesAreAbsent() {
        Redirect redirect = Redirect.parse(URI.create("/cb?code=+&state=a%2Bb+c&iss=https%3A%2F%2Fx&error="));
        assertThat(redirect.code()).isEmpty();
        assertThat(redirect.error()).isEmpty();
        assertThat(redirect.state()).contains("a+b c");
        assertThat(redirect.issuer()).contains("https://x");
    }
}
