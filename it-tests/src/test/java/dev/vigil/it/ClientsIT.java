// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * What the clients that people use show, through the packaged daemon: while all is well, while the grant is revoked, after
 * the login that mends it, and after a restart of the daemon. {@code docs/clients.md} has the tables, and must have these.
 */
class ClientsIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String UNTOLD = "does not tell";
    private static final Path DOCUMENT = Checkout.ROOT.resolve("docs/clients.md");

    @TempDir
    private Path folder;

    private final List<ClientKind> kinds = ClientKind.all();
    private final Map<String, ClientProgram> programs = new LinkedHashMap<>();
    private final MarkdownTable well = new MarkdownTable("Client, server");
    private final MarkdownTable dead = new MarkdownTable("Client, server");
    private final MarkdownTable mended = new MarkdownTable("Client, server");
    private final List<MarkdownTable> tables = new ArrayList<>(List.of(well, dead, mended));

    @Test
    void everyClientIsShownTheSkipAndGoesOnAfterTheLogin() throws IOException {
        try (NodeParts older = NodeParts.start(Duration.ofHours(1));
                NodeParts newer = NodeParts.start("modern", Duration.ofHours(1))) {
            Product product = product(older, newer);
            try (Product.Daemon daemon = product.daemon()) {
                login(product);
                String key = product.connect("clients");
                useBothEras(new TwoEras(daemon, key));
                startAll();
                programs.forEach((row, program) -> useWhileAllIsWell(row, program, daemon, key));
                older.authorizationServer.revokeEverything();
                newer.authorizationServer.revokeEverything();
                programs.forEach((row, program) -> useWhileTheLoginIsDead(row, program, daemon, key));
                login(product);
                programs.forEach(this::goOn);
            }
            try (Product.Daemon again = product.daemon()) {
                programs.forEach((row, program) ->
                        mended.put(row, "After a restart of Vigil", Shown.verdict(program.echo("first"))));
            }
        } finally {
            programs.values().forEach(ClientProgram::close);
        }
        assertEssentials();
        assertDocumented();
    }

    private Product product(NodeParts older, NodeParts newer) {
        return new Product(folder.resolve("home"))
                .config("connectors:\n  older: { url: " + older.gate.resource() + " }\n  newer: { url: "
                        + newer.gate.resource() + " }\n  never: { url: " + older.gate.resource()
                        + " }\nlisten: { port: " + FreePort.find() + " }\n");
    }

    private static void login(Product product) {
        List.of("older", "newer").forEach(connector -> {
            Logins.login(product, connector);
            product.awaitSnapshot(connector);
        });
    }

    private void useBothEras(TwoEras eras) throws IOException {
        for (ClientKind kind : kinds) {
            eras.use(kind, newHome());
        }
        tables.add(eras.table());
        assertThat(eras.table().rowsWithout("newer: answered"))
                .containsExactlyElementsOf(names(kind -> !kind.isModern()));
        assertThat(eras.table().rowsWithout("older: answered")).isEmpty();
    }

    private Path newHome() throws IOException {
        return Files.createTempDirectory(folder, "client");
    }

    private List<String> names(Predicate<ClientKind> wanted) {
        return kinds.stream().filter(wanted).map(ClientKind::name).toList();
    }

    private void startAll() throws IOException {
        for (ClientKind kind : kinds) {
            for (String connector : kind.servers()) {
                programs.put(kind.name() + ", `" + connector + '`', kind.start(newHome()));
            }
        }
    }

    private static String connectorOf(String row) {
        return row.substring(row.lastIndexOf(' ')).replaceAll("[ `]", "");
    }

    private void useWhileAllIsWell(String row, ClientProgram program, Product.Daemon daemon, String key) {
        JsonNode begun = program.connect("first", daemon.endpoint(connectorOf(row)), key);
        well.put(
                row,
                "Revision",
                begun.has("error") ? Shown.verdict(begun) : begun.path("era").asString(UNTOLD));
        well.put(row, "Tools", Shown.tools(program.list("first")));
        well.put(row, "Call", Shown.verdict(program.echo("first")));
        JsonNode slow = program.call("first", "trigger-long-running-operation", Map.of("duration", 0.2, "steps", 2));
        well.put(row, "Progress", slow.has("progress") ? (slow.path("progress").asInt() > 0 ? "yes" : "no") : UNTOLD);
        JsonNode stranger = program.connect("stranger", daemon.endpoint(connectorOf(row)), "wrong");
        well.put(
                row,
                "With a wrong local key",
                Shown.tools(stranger.has("error") ? stranger : program.list("stranger")));
    }

    private void useWhileTheLoginIsDead(String row, ClientProgram program, Product.Daemon daemon, String key) {
        dead.put(row, "Call in the midst of a run", Shown.verdict(program.echo("first")));
        program.connect("second", daemon.endpoint(connectorOf(row)), key);
        dead.put(row, "New connection: tools", Shown.tools(program.list("second")));
        dead.put(row, "Its call", Shown.verdict(program.echo("second")));
        program.connect("third", daemon.endpoint("never"), key);
        dead.put(row, "Never logged in: tools", Shown.tools(program.list("third")));
        dead.put(row, "Call of that tool", Shown.verdict(program.call("third", "authorization_expired", Map.of())));
    }

    private void goOn(String row, ClientProgram program) {
        mended.put(row, "Next call, same connection", Shown.verdict(program.echo("first")));
        boolean hears = program.heard("second") >= 0;
        boolean heard = hears && Await.within(LIMIT, () -> program.heard("second") > 0);
        mended.put(row, "Connection begun while dead", Shown.verdict(program.echo("second")));
        if (heard && connectorOf(row).equals("newer")) {
            awaitTheServersOwnWord(program);
        }
        mended.put(row, "Told that the tools changed", hears ? (heard ? "yes" : "no") : UNTOLD);
    }

    /** A stream that Vigil held is the server's now, sooner or later, though the client has not asked again. */
    private static void awaitTheServersOwnWord(ClientProgram program) {
        int before = program.heard("second");
        Await.until(
                LIMIT,
                Duration.ofSeconds(1),
                () -> {
                    program.call("second", "announce", Map.of());
                    return program.heard("second") > before;
                },
                () -> "the server itself is not heard");
    }

    private void assertEssentials() {
        assertThat(well.column("Call").values()).containsOnly(Shown.ANSWERED);
        assertThat(dead.column("Call in the midst of a run").values()).allMatch(cell -> cell.startsWith(Shown.EXPIRED));
        assertThat(dead.column("New connection: tools").values()).containsOnly("the server's");
        assertThat(dead.column("Its call").values()).allMatch(cell -> cell.startsWith(Shown.EXPIRED));
        assertThat(dead.column("Never logged in: tools").values()).containsOnly("`authorization_expired`");
        assertThat(dead.column("Call of that tool").values()).allMatch(cell -> cell.startsWith(Shown.NOT_LOGGED_IN));
        assertThat(mended.column("Next call, same connection").values()).containsOnly(Shown.ANSWERED);
        assertThat(mended.column("Connection begun while dead").values()).containsOnly(Shown.ANSWERED);
        assertThat(mended.column("Told that the tools changed").values()).doesNotContain("no");
        assertThat(mended.column("After a restart of Vigil").values()).containsOnly(Shown.ANSWERED);
    }

    /** What is documented is what was seen; so a newer version of a client that shows something else shows here. */
    private void assertDocumented() {
        List<String> missing = new ArrayList<>();
        for (MarkdownTable table : tables) {
            System.out.println(table + "\n");
            if (!Checkout.read(DOCUMENT).contains(table.toString())) {
                missing.add(table.toString());
            }
        }
        assertThat(missing).as("tables that docs/clients.md does not have").isEmpty();
    }
}
