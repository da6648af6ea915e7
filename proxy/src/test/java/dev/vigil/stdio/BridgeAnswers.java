// SPDX-License-Identifier: Apache-2.0
package dev.vigil.stdio;

import dev.vigil.proxy.OwnAnswer;
import java.util.LinkedHashMap;
import java.util.Map;

/** Every answer of the bridge's own, by a name of its own, for the catalogue of answers that keep the contract. */
public final class BridgeAnswers {
    private BridgeAnswers() {}

    public static Map<String, OwnAnswer> of(String connector) {
        BridgeTrouble trouble = new BridgeTrouble(connector);
        Map<String, OwnAnswer> all = new LinkedHashMap<>();
        all.put("bridge: no daemon", trouble.unreachable("no daemon is running any more"));
        all.put("bridge: lost answer", trouble.lost("the stream ended without it"));
        all.put("bridge: session that cannot be begun anew", trouble.sessionOver(connector + " answered HTTP 503"));
        all.put("bridge: not MCP", trouble.notMcp("HTTP 200, text/html; charset=\"utf-8\""));
        all.put("bridge: 5xx", trouble.refused(503, "the daemon; is <starting>"));
        all.put("bridge: 4xx", trouble.refused(404, "none"));
        all.put("bridge: 4xx without a word", trouble.refused(404, ""));
        return all;
    }
}
