// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OriginTest {
    private static final URI ASKED = URI.create("https://mcp.example.com/a/sse?x=1");

    @ParameterizedTest
    @CsvSource({
        "/messages?s=1,                     https://mcp.example.com/messages?s=1, true",
        "messages,                          https://mcp.example.com/a/messages, true",
        "?s=1,                              https://mcp.example.com/a/sse?s=1, true",
        "HTTPS://MCP.example.com:443/m,     HTTPS://MCP.example.com:443/m, true",
        "http://mcp.example.com/m,          http://mcp.example.com/m, false",
        "https://mcp.example.com:8443/m,    https://mcp.example.com:8443/m, false",
        "https://mcp.example.com.evil.example/m, https://mcp.example.com.evil.example/m, false",
        "//evil.example/m,                  https://evil.example/m, false",
        "ftp://mcp.example.com/m,           ftp://mcp.example.com/m, false",
    })
    void referenceLeadsWhereItSaysAndOnlyTheSameOriginIsOurs(String reference, String target, boolean same) {
        URI resolved = Origin.resolved(ASKED, reference).orElseThrow();
        assertThat(resolved).hasToString(target);
        assertThat(Origin.isSame(ASKED, resolved)).isEqualTo(same);
    }

    @ParameterizedTest
    @CsvSource({"https://me@mcp.example.com/m", "http://[", "mailto:me@example.com", "'/a b'"})
    void referenceThatMakesNoSenseLeadsNowhere(String reference) {
        assertThat(Origin.resolved(ASKED, reference)).isEmpty();
    }
}
