// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReachTest {

    @ParameterizedTest
    @CsvSource({
        // the user's MCP server      | an endpoint that metadata names   | may it be called?
        "https://mcp.example.com/mcp,   https://auth.example.com/token,     true",
        "https://mcp.example.com/mcp,   http://auth.example.com/token,      false",
        "https://mcp.example.com/mcp,   https://127.0.0.1/token,            false",
        "https://mcp.example.com/mcp,   https://localhost/token,            false",
        "https://mcp.example.com/mcp,   https://LOCALHOST:8443/token,       false",
        "https://mcp.example.com/mcp,   https://x.localhost/token,          false",
        "https://mcp.example.com/mcp,   https://169.254.169.254/latest,     false",
        "https://mcp.example.com/mcp,   https://10.1.2.3/token,             false",
        "https://mcp.example.com/mcp,   https://172.16.0.1/token,           false",
        "https://mcp.example.com/mcp,   https://172.32.0.1/token,           true",
        "https://mcp.example.com/mcp,   https://192.168.1.1/token,          false",
        "https://mcp.example.com/mcp,   https://100.64.0.1/token,           false",
        "https://mcp.example.com/mcp,   https://100.128.0.1/token,          true",
        "https://mcp.example.com/mcp,   https://0.0.0.0/token,              false",
        "https://mcp.example.com/mcp,   https://[::1]/token,                false",
        "https://mcp.example.com/mcp,   https://[::ffff:127.0.0.1]/token,   false",
        "https://mcp.example.com/mcp,   https://[fd00::1]/token,            false",
        "https://mcp.example.com/mcp,   https://[fe80::1]/token,            false",
        "https://mcp.example.com/mcp,   https://[2001:db8::1]/token,        true",
        "https://mcp.example.com/mcp,   https://u:p@auth.example.com/token, false",
        "https://mcp.example.com/mcp,   https://auth.example.com/token#x,   false",
        "https://mcp.example.com/mcp,   javascript:alert(1),                false",
        "https://mcp.example.com/mcp,   file:///etc/passwd,                 false",
        "https://mcp.example.com/mcp,   ftp://auth.example.com/token,       false",
        "https://mcp.example.com/mcp,   /token,                             false",
        "http://mcp.example.com/mcp,    http://mcp.example.com/token,       false",
        "https://127.0.0.1:8443/mcp,    https://127.0.0.1:9443/token,       true",
        "https://127.0.0.1:8443/mcp,    http://127.0.0.1:9090/token,        false",
        "http://127.0.0.1:8080/mcp,     http://127.0.0.1:9090/token,        true",
        "http://127.0.0.1:8080/mcp,     http://localhost:9090/token,        true",
        "http://localhost:8080/mcp,     http://[::1]:9090/token,            true",
        "http://127.0.0.1:8080/mcp,     https://auth.example.com/token,     true",
        "http://127.0.0.1:8080/mcp,     http://auth.example.com/token,      false",
        "http://192.168.1.5/mcp,        http://192.168.1.6/token,           true",
    })
    void callsOnlyWhatTheConfiguredServerJustifies(URI server, URI endpoint, boolean allowed) {
        assertThat(Reach.of(server).refusal(endpoint).isEmpty()).isEqualTo(allowed);
    }

    @ParameterizedTest
    @CsvSource({
        "https://mcp.example.com/mcp, false",
        "https://127.1/mcp,           false",
        "https://1270.0.0.1/mcp,      false",
        "http://127.0.0.1/mcp,        true",
        "https://192.168.0.9/mcp,     true",
        "http://localhost/mcp,        true",
    })
    void localIsJudgedByWhatTheUrlSays(URI server, boolean local) {
        assertThat(Reach.of(server).local()).isEqualTo(local);
    }
}
