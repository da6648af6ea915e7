// SPDX-License-Identifier: Apache-2.0
package dev.vigil.stdio;

import dev.vigil.proxy.OwnAnswer;
import dev.vigil.proxy.UpstreamTrouble;

/**
 * What a client is told when the way between bridge and proxy fails. The words that programs know it by are the proxy's,
 * {@code docs/skip.md}; what only the bridge knows comes after them. Pure.
 */
record BridgeTrouble(String connector) {
    private static final String START = "vigil run --background";
    /** MCP 2025-11-25, "Backwards Compatibility": what 404 and 405 mean when a client connects. */
    private static final String OTHER_TRANSPORT = "A server that speaks nothing but HTTP+SSE of MCP 2024-11-05 is not "
            + "served on stdio: connect the client over HTTP.";

    /** Nobody serves the connector on this machine, or none could be reached. */
    OwnAnswer unreachable(String why) {
        return known().unreachable("no way to Vigil on this machine, " + why)
                .help("Nothing was sent, so the same call may be tried again. If it goes on, a person must run: "
                        + START + ".")
                .action(START);
    }

    OwnAnswer lost(String why) {
        return known().lost("on the way from Vigil, " + why);
    }

    OwnAnswer sessionOver(String why) {
        return known().sessionOver()
                .help("A new one could not be begun: " + OwnAnswer.plain(why) + ". The request was not executed.");
    }

    OwnAnswer notMcp(String what) {
        return known().notMcp(what);
    }

    /** @param said the proxy's own words; may be empty */
    OwnAnswer refused(int status, String said) {
        String words = said.isEmpty() ? "" : " It said: " + OwnAnswer.plain(said) + ".";
        boolean old = said.isEmpty() && (status == 404 || status == 405);
        String other = old ? " " + OTHER_TRANSPORT : "";
        return known().answered(status)
                .help("That is trouble of the server." + words + other + " See vigil status " + connector + ".");
    }

    private UpstreamTrouble known() {
        return new UpstreamTrouble(connector);
    }
}
