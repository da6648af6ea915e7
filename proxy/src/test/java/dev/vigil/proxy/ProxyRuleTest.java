// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.auth.Origin;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyRuleTest {

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "https://mcp.example.com, \"\", true",
                "http://mcp.example.com, \"\", false",
                "https://localhost, \"\", false",
                "https://a.localhost, \"\", false",
                "https://127.0.0.1, \"\", false",
                "https://127.9.9.9:8443, \"\", false",
                "https://[::1], \"\", false",
                "https://mcp.example.com, *, false",
                "https://10.0.0.1, *, false",
                "https://mcp.example.com, example.com, false",
                "https://example.com, example.com, false",
                "https://mcp.example.com, .example.com, false",
                "https://mcp.example.com, *.example.com, false",
                "https://mcp.example.com, EXAMPLE.com, false",
                "https://notexample.com, example.com, true",
                "https://example.com.evil.org, example.com, true",
                "https://mcp.example.com, ample.com, true",
                "https://mcp.example.com, example.com:443, false",
                "https://mcp.example.com, example.com:8443, true",
                "https://mcp.example.com:8443, example.com:8443, false",
                "https://mcp.example.com, \"one.org, two.org example.com\", false",
                "https://mcp.example.com, \",, ,\", true",
                "https://mcp.example.com, :443, true",
                "https://mcp.example.com, example.com:x, true",
                "https://10.1.2.3, 10.1.2.3, false",
                "https://10.1.2.3, 2.3, true",
                "https://10.1.2.3, 10.0.0.0/8, false",
                "https://11.1.2.3, 10.0.0.0/8, true",
                "https://10.1.2.3, 10.1.2.0/23, false",
                "https://10.1.4.3, 10.1.2.0/23, true",
                "https://10.1.2.3, 10.0.0.0/99, true",
                "https://10.1.2.3, 0.0.0.0/0, false",
                "https://mcp.example.com, 0.0.0.0/0, true",
                "https://[2001:db8::1], 2001:db8::1, false",
                "https://[2001:db8::1], [2001:db8:0::1], false",
                "https://[2001:db8::1]:8443, [2001:db8::1]:8443, false",
                "https://[2001:db8::1], [2001:db8::1]:8443, true",
                "https://[2001:db8::1], 2001:db8::/32, false",
                "https://[2001:db8::1], 10.0.0.0/8, true"
            })
    void whoGoesThroughTheProxy(URI url, String noProxy, boolean proxied) {
        ProxyRule rule = ProxyRule.of(Map.of("HTTPS_PROXY", "http://proxy:3128", "NO_PROXY", noProxy));
        assertThat(rule.forOrigin(Origin.of(url)).isPresent()).isEqualTo(proxied);
    }

    @ParameterizedTest
    @CsvSource({
        "http://proxy:3128, proxy:3128, ''",
        "proxy:3128, proxy:3128, ''",
        "http://proxy, proxy:80, ''",
        "HTTP://me:pa%3Ass+w@proxy:1/, proxy:1, me pa:ss+w",
        "http://me@proxy:1, proxy:1, 'me '",
        "http://[::1]:3128, ::1:3128, ''"
    })
    void proxyUrlIsTakenApart(String url, String authority, String login) {
        assertThat(ProxyRule.of(Map.of("https_proxy", url)).forOrigin(Origin.of(URI.create("https://a.example"))))
                .hasValueSatisfying(proxy -> {
                    assertThat(proxy.authority()).isEqualTo(authority);
                    assertThat(proxy.login()
                                    .map(found -> found.user() + " " + found.password())
                                    .orElse(""))
                            .isEqualTo(login);
                    assertThat(proxy.toString()).doesNotContain("pa:ss");
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://me:hunter2@proxy",
                "socks5://me:hunter2@proxy",
                "http://me:hunter2@",
                "http://me:hunter2@a b",
                "http://me:hunter2%zz@proxy"
            })
    void wrongProxyUrlIsAnErrorThatDoesNotRepeatIt(String url) {
        assertThatThrownBy(() -> ProxyRule.of(Map.of("HTTPS_PROXY", url)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("HTTPS_PROXY")
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void lowerCaseWinsAndAnEmptyOneSwitchesOff() {
        Origin origin = Origin.of(URI.create("https://a.example"));
        assertThat(ProxyRule.of(Map.of("https_proxy", "one:1", "HTTPS_PROXY", "two:2"))
                        .forOrigin(origin))
                .hasValueSatisfying(proxy -> assertThat(proxy.host()).isEqualTo("one"));
        assertThat(ProxyRule.of(Map.of("https_proxy", "", "HTTPS_PROXY", "two:2"))
                        .forOrigin(origin))
                .isEmpty();
        assertThat(ProxyRule.of(Map.of()).forOrigin(origin)).isEmpty();
    }
}
