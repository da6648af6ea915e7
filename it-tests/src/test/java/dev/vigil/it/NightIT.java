// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.it.NodeParts.AuthorizationServer.RefreshToken;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * A night in which nobody watches: an agent works at two connectors while their tokens expire three times, then one of the
 * grants is revoked. In the morning the work of the other is done, one skip is on record, and the log says why.
 */
class NightIT {
    private static final Duration LIFE = Duration.ofSeconds(6);
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final int EXPIRIES = 3;
    private static final Path HOOK = Checkout.ROOT.resolve("hooks/claude-code-skip-report.sh");

    @TempDir
    private Path folder;

    @Test
    void workIsDoneOneSkipIsReportedAndTheLogSaysWhy() {
        Path report = folder.resolve("vigil-skips.tsv");
        try (NodeParts notes = NodeParts.start(LIFE);
                NodeParts archive = NodeParts.start("modern", LIFE)) {
            Product product = product(notes, archive);
            try (Product.Daemon daemon = product.daemon()) {
                List.of("notes", "archive").forEach(connector -> Logins.login(product, connector));
                try (Child agent = agent(daemon, product.connect("agent"), report)) {
                    awaitExpiries(notes, agent);
                    awaitExpiries(archive, agent);
                    assertThat(notes.authorizationServer.revokeEverything()).isEqualTo(1);
                    agent.awaitLine(line -> line.equals("SKIPPED notes"), LIMIT);
                    agent.type("It is morning.");
                    assertThat(agent.awaitExit(LIMIT)).as(agent.story()).isZero();
                    assertWorkIsDone(agent);
                }
                assertOneSkipIsReported(report);
                assertTheLogSaysWhy(product);
                assertEachTokenWasRedeemedOnce(archive);
                assertThat(product.run("status").text())
                        .contains("vigil login notes")
                        .doesNotContain("login archive");
            }
        }
    }

    private Product product(NodeParts notes, NodeParts archive) {
        return new Product(folder.resolve("home"))
                .config("connectors:\n  notes: { url: " + notes.gate.resource() + " }\n  archive: { url: "
                        + archive.gate.resource() + " }\nlisten: { port: " + FreePort.find() + " }\n");
    }

    private static Child agent(Product.Daemon daemon, String key, Path report) {
        Path node = NodeParts.nodeFor("@modelcontextprotocol/client");
        ProcessBuilder builder = new ProcessBuilder(
                        node.toString(), "clients/agent.mjs", daemon.url(), key, HOOK.toString(), "notes", "archive")
                .directory(Checkout.NPM.toFile());
        builder.environment().put("VIGIL_SKIP_REPORT", report.toString());
        return Child.start("agent", builder);
    }

    /** So many tokens have been replaced, each shortly before its end, since the agent began; by the server's own count. */
    private static void awaitExpiries(NodeParts parts, Child agent) {
        int before = refreshes(parts);
        Await.until(LIMIT, () -> refreshes(parts) >= before + EXPIRIES + 1, agent::story);
    }

    private static int refreshes(NodeParts parts) {
        return parts.authorizationServer.refreshTokens().stream()
                .mapToInt(RefreshToken::redeemed)
                .sum();
    }

    /** Pieces of work, by turns: whatever one connector was asked, the other was too. */
    private static void assertWorkIsDone(Child agent) {
        String line = agent.awaitLine(said -> said.startsWith("REPORT "), LIMIT);
        System.out.println("The night: " + line);
        JsonNode told = Json.read(line.substring("REPORT ".length()));
        assertThat(told.path("failed").valueStream().toList()).isEmpty();
        assertThat(told.path("skipped").path("archive").asInt()).isZero();
        int done = told.path("done").path("notes").asInt();
        int skipped = told.path("skipped").path("notes").asInt();
        assertThat(done).isPositive();
        assertThat(skipped).isGreaterThan(1);
        assertThat(told.path("done").path("archive").asInt()).isEqualTo(done + skipped);
    }

    private static void assertOneSkipIsReported(Path report) {
        List<String> lines = Checkout.read(report).lines().toList();
        assertThat(lines).hasSize(1);
        assertThat(lines.get(0)).endsWith("\tnotes\techo\tauthorization_expired\tvigil login notes\tnight");
    }

    private static void assertTheLogSaysWhy(Product product) {
        assertThat(ofNotes(product, "authorization", "to", "needs_login"))
                .singleElement()
                .satisfies(line -> {
                    assertThat(line.path("reason").asString()).isEqualTo("invalid_grant");
                    assertThat(line.path("action").asString()).isEqualTo("vigil login notes");
                });
        assertThat(ofNotes(product, "refresh", "outcome", "rejected"))
                .singleElement()
                .satisfies(line -> {
                    assertThat(line.path("category").asString()).isEqualTo("auth");
                    assertThat(line.path("reason").asString()).contains("invalid_grant");
                });
        assertThat(ofNotes(product, "refresh", "outcome", "refreshed")).hasSizeGreaterThanOrEqualTo(EXPIRIES + 1);
        assertThat(ofNotes(product, "exchange", "outcome", "skipped"))
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line.path("detail").asString())
                        .isEqualTo("authorization_expired (invalid_grant): authorization expired for notes: skipped"));
        assertThat(product.log("authorization"))
                .filteredOn(line -> line.path("connector").asString().equals("archive"))
                .noneSatisfy(line -> assertThat(line.path("to").asString()).isEqualTo("needs_login"));
    }

    private static List<JsonNode> ofNotes(Product product, String event, String field, String value) {
        return product.log(event).stream()
                .filter(line -> line.path("connector").asString().equals("notes"))
                .filter(line -> line.path(field).asString().equals(value))
                .toList();
    }

    private static void assertEachTokenWasRedeemedOnce(NodeParts parts) {
        assertThat(parts.authorizationServer.refreshTokens()).allSatisfy(token -> {
            assertThat(token.redeemed()).isLessThanOrEqualTo(1);
            assertThat(token.reused()).isZero();
        });
    }
}
