// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** Takes a snapshot in the era of handshakes and sessions, and finds out which older revisions the server speaks as well. */
record LegacyTake(Talk talk, Instant now) {
    private static final String INITIALIZE = "initialize";
    private static final String SESSION = "Mcp-Session-Id";
    private static final String VERSION = "MCP-Protocol-Version";
    private static final int LONGEST_WELCOME = 1 << 20;

    Snapshot taken() throws NotTaken {
        Answer answer = initialize(Era.LEGACY.newest());
        Optional<Greeting.Refused> refusal = Results.refusal(answer);
        if (refusal.isPresent()) {
            return new OldTake(talk, now)
                    .taken()
                    .orElseGet(() -> Snapshot.refused(talk.owner(), Era.LEGACY, now, refusal.get()));
        }
        ObjectNode result = Results.of(INITIALIZE, answer);
        String revision = revision(result);
        Map<String, String> headers = headers(revision, answer.session());
        Map<ListKind, Listing> lists;
        try {
            talk.tell("notifications/initialized", headers);
            lists = new ListTaker((method, params) -> talk.ask(method, params, headers)).all(result);
        } finally {
            leave(headers);
        }
        return new Snapshot(talk.owner(), revision, spoken(revision), now, welcome(INITIALIZE, result), lists);
    }

    static Greeting.Welcome welcome(String method, ObjectNode result) throws NotTaken {
        if (!(result.get("capabilities") instanceof ObjectNode)) {
            throw new NotTaken(method + ": the result has no capabilities");
        }
        String written = Json.written(result);
        if (written.length() > LONGEST_WELCOME) {
            throw new NotTaken(method + ": the result is longer than 1 MiB");
        }
        return new Greeting.Welcome(written);
    }

    static ObjectNode self() {
        return Json.object().put("name", "vigil").put("title", "Vigil").put("version", "1");
    }

    private Answer initialize(String revision) throws NotTaken {
        return talk.ask(INITIALIZE, introduction(revision), Map.of());
    }

    static ObjectNode introduction(String revision) {
        ObjectNode params = Json.object().put("protocolVersion", revision);
        params.putObject("capabilities");
        params.set("clientInfo", self());
        return params;
    }

    static String revision(ObjectNode result) throws NotTaken {
        return Json.text(result, "protocolVersion")
                .filter(Era::isRevision)
                .filter(text -> Era.of(text) == Era.LEGACY)
                .orElseThrow(() -> new NotTaken(INITIALIZE + ": the result has no protocolVersion of this era"));
    }

    private static Map<String, String> headers(String revision, Optional<String> session) {
        Map<String, String> headers = new HashMap<>(Map.of(VERSION, revision));
        session.ifPresent(id -> headers.put(SESSION, id));
        return headers;
    }

    /** A client that asks for an older revision is answered with it only if the server would do so too. */
    private Set<String> spoken(String revision) {
        Set<String> spoken = new LinkedHashSet<>(Set.of(revision));
        for (String older : Era.OLDER) {
            if (older.compareTo(revision) < 0 && isSpoken(older)) {
                spoken.add(older);
            }
        }
        return spoken;
    }

    private boolean isSpoken(String older) {
        try {
            Answer answer = initialize(older);
            leave(headers(older, answer.session()));
            return Json.text(Results.of(INITIALIZE, answer), "protocolVersion").equals(Optional.of(older));
        } catch (NotTaken unknown) {
            return false;
        }
    }

    private void leave(Map<String, String> headers) {
        if (headers.containsKey(SESSION)) {
            talk.leave(headers);
        }
    }
}
