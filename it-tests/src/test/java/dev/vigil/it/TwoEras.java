// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One process of a client that uses two connectors of one daemon, so of one origin: one speaks nothing but 2026-07-28, the other
 * nothing of it. Clients may remember the era by the origin; this finds out which of them do.
 */
final class TwoEras {
    private final MarkdownTable table = new MarkdownTable("Client");
    private final Product.Daemon daemon;
    private final String key;

    TwoEras(Product.Daemon daemon, String key) {
        this.daemon = daemon;
        this.key = key;
    }

    /** @param home for what the client keeps on disk; the second process finds what the first has left */
    void use(ClientKind kind, Path home) {
        table.put(kind.name(), "`newer`, then `older`", run(kind, home, List.of("newer", "older")));
        table.put(kind.name(), "`older`, then `newer`", run(kind, home, List.of("older", "newer")));
    }

    private String run(ClientKind kind, Path home, List<String> connectors) {
        try (ClientProgram program = kind.start(home)) {
            connectors.forEach(connector -> program.connect(connector, daemon.endpoint(connector), key));
            return connectors.stream()
                    .map(connector -> connector + ": " + called(program, connector))
                    .collect(Collectors.joining(", "));
        }
    }

    private static String called(ClientProgram program, String connector) {
        String shown = Shown.verdict(program.echo(connector));
        return shown.equals(Shown.ANSWERED) ? shown : "not connected";
    }

    MarkdownTable table() {
        return table;
    }
}
