// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The official MCP conformance suite against the official TypeScript SDK's server for it, directly and through Vigil: no
 * check may be lost on the way, in any revision. Vigil stands there as it does for people, local key and guard included;
 * the key is in the path, since the suite sends no header of ours. In {@code dns-rebinding-protection} it is Vigil's own
 * guard that is tested.
 */
class ConformanceIT {
    /** Short, so that some are renewed while the suite plays. */
    private static final Duration TOKEN_LIFE = Duration.ofSeconds(10);

    @TempDir
    private Path folder;

    private final ConformanceSuite suite = ConformanceSuite.installed();
    private final ConformanceTable table = new ConformanceTable();

    @Test
    void whatPassesDirectlyPassesThroughVigil() {
        assertThat(suite.revisions()).containsExactly("2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28");
        try (NodeParts parts = NodeParts.start("reference", TOKEN_LIFE)) {
            Product product = before(parts);
            try (Product.Daemon daemon = product.daemon()) {
                String vigil = daemon.url() + "/k/" + product.connect("suite");
                for (String revision : suite.revisions()) {
                    table.add(revision, direct(parts, revision), run(vigil + "/mcp/open", revision));
                }
                Map<String, Checks> direct = direct(parts, ConformanceSuite.ANY);
                table.add("any", direct, run(vigil + "/mcp/open", ConformanceSuite.ANY));
                Logins.login(product, "gated");
                table.add("any, with tokens", direct, runWhileTokensAreRenewed(parts, vigil + "/mcp/gated"));
            }
        }
        System.out.println(table);
        assertThat(table.lost()).as("checks lost in Vigil").isEmpty();
    }

    private Product before(NodeParts parts) {
        return new Product(folder.resolve("home"))
                .config("connectors:\n  open: { url: " + parts.server + ", grant: none }\n  gated: { url: "
                        + parts.gate.resource() + " }\nlisten: { port: " + FreePort.find() + " }\n");
    }

    /** What there is to lose: everything that the protocol has. The server has few of the extensions. */
    private Map<String, Checks> direct(NodeParts parts, String revision) {
        Map<String, Checks> found = run(parts.server, revision);
        assertThat(found).as("played at " + revision).containsOnlyKeys(suite.scenarios(revision));
        found.forEach((scenario, checks) -> {
            if (!suite.isExtension(scenario)) {
                assertThat(checks.isClean())
                        .as(scenario + " without Vigil: " + checks.byId())
                        .isTrue();
            }
        });
        return found;
    }

    private Map<String, Checks> runWhileTokensAreRenewed(NodeParts parts, String url) {
        int before = refreshes(parts);
        Map<String, Checks> found = run(url, ConformanceSuite.ANY);
        assertThat(refreshes(parts)).as("refreshes by the end").isGreaterThan(before);
        return found;
    }

    private static int refreshes(NodeParts parts) {
        return parts.authorizationServer.refreshTokens().stream()
                .mapToInt(NodeParts.AuthorizationServer.RefreshToken::redeemed)
                .sum();
    }

    private Map<String, Checks> run(String url, String revision) {
        return suite.run(url, revision, folder);
    }
}
