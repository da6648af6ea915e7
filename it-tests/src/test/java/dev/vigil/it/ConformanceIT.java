// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The official MCP conformance suite against its reference server, directly and through Vigil: no check may be lost on the
 * way, in any revision. Vigil stands there as it does for people, local key and guard included; the key is in the path,
 * since the suite sends no header of ours. In {@code dns-rebinding-protection} it is Vigil's own guard that is tested.
 */
class ConformanceIT {
    private static final String CONNECTOR = "reference";

    @TempDir
    private Path folder;

    @Test
    void whatPassesDirectlyPassesThroughVigil() {
        ConformanceSuite suite = ConformanceSuite.installed();
        assertThat(suite.revisions()).containsExactly("2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28");
        ConformanceTable table = new ConformanceTable();
        try (ReferenceServer reference = ReferenceServer.start(suite.node());
                Product.Daemon daemon = before(reference).daemon()) {
            String throughVigil = daemon.url() + "/k/" + product().connect("suite") + "/mcp/" + CONNECTOR;
            for (String revision : columns(suite)) {
                table.add(
                        revision,
                        direct(suite, reference, revision),
                        suite.run(throughVigil, revision, folder.resolve("through-" + revision)));
            }
        }
        System.out.println(table);
        assertThat(table.lost()).as("checks lost in Vigil").isEmpty();
    }

    private static List<String> columns(ConformanceSuite suite) {
        List<String> columns = new ArrayList<>(suite.revisions());
        columns.add(ConformanceSuite.ANY);
        return columns;
    }

    private Product before(ReferenceServer reference) {
        return product()
                .config("connectors:\n  " + CONNECTOR + ": { url: " + reference.url() + ", grant: none }\n"
                        + "listen: { port: " + FreePort.find() + " }\n");
    }

    private Product product() {
        return new Product(folder.resolve("home"));
    }

    /** What there is to lose: everything that the protocol has. The reference server has few of the extensions. */
    private Map<String, Checks> direct(ConformanceSuite suite, ReferenceServer reference, String revision) {
        Map<String, Checks> found = suite.run(reference.url(), revision, folder.resolve("direct-" + revision));
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
}
