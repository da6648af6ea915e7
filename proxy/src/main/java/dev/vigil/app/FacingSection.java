// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.proxy.Facing;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads how a connector meets its clients. Every mistake is noted in its place, as {@link ConfigReader} does it. */
record FacingSection(ConfigSection given) {

    Facing read() {
        return new Facing(
                given.parsed("progress", FacingSection::isSynthetic).orElse(false),
                given.parsed("interactive", ConfigValues::onOrOff).orElse(false),
                given.parsed("port", FacingSection::port));
    }

    static int port(String text) {
        int port = ConfigValues.port(text);
        if (port == 0) {
            throw new IllegalArgumentException("'0' is no port that a client could be told. Write one from 1 to 65535");
        }
        return port;
    }

    /** Notes each port that somebody has already, the port of all among them. */
    static void noteConflicts(ConfigSection connectors, List<Config.Entry> entries, int all) {
        Map<Integer, String> holders = new HashMap<>(Map.of(all, "all connectors (listen.port)"));
        for (Config.Entry entry : entries) {
            String name = entry.connector().name();
            entry.facing().port().ifPresent(port -> {
                String holder = holders.putIfAbsent(port, name);
                if (holder != null) {
                    connectors
                            .section(name)
                            .wrong("port", port + " is the port of " + holder + " already. Choose another");
                }
            });
        }
    }

    private static boolean isSynthetic(String text) {
        if (!text.equals("synthetic")) {
            throw new IllegalArgumentException("'" + text
                    + "' is no kind of progress. Write progress: synthetic, or remove the key: then only the server's own"
                    + " progress is told");
        }
        return true;
    }
}
