// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

import dev.vigil.snapshot.Greeting.Refused;
import dev.vigil.snapshot.Greeting.Welcome;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.util.RawValue;

/**
 * What the server would answer, from a snapshot: {@code initialize}, {@code server/discover}, the four lists, and the small
 * things that are asked besides. Every result says where it comes from, {@code _meta["dev.vigil/snapshot"]} with
 * {@code connector} and {@code takenAt}. All pages are one, so there is no cursor that could be right. Pure.
 */
public final class SnapshotAnswers {
    static final String META_KEY = "dev.vigil/snapshot";
    static final int METHOD_NOT_FOUND = -32601;
    private static final int INVALID_PARAMS = -32602;
    /** MCP 2026-07-28. */
    private static final int UNSUPPORTED_VERSION = -32022;

    private static final String LIST_CHANGED = "listChanged";

    private final Snapshot snapshot;
    private final Ask ask;
    private final ObjectNode mark;

    private SnapshotAnswers(Snapshot snapshot, Ask ask, ObjectNode mark) {
        this.snapshot = snapshot;
        this.ask = ask;
        this.mark = mark;
    }

    /** Empty where only the server itself can answer. The snapshot is one of the request's era. */
    public static Optional<Served> of(Snapshot snapshot, Ask ask) {
        ObjectNode mark = Json.object()
                .put("connector", snapshot.owner().connector())
                .put("takenAt", snapshot.takenAt().toString());
        return marked(snapshot, ask, mark);
    }

    static Optional<Served> marked(Snapshot snapshot, Ask ask, ObjectNode mark) {
        return new SnapshotAnswers(snapshot, ask, mark).answer();
    }

    private Optional<Served> answer() {
        if (snapshot.greeting() instanceof Refused refused) {
            return Optional.of(refusal(refused));
        }
        if (isModern()
                && ask.revision().filter(asked -> !snapshot.speaks(asked)).isPresent()) {
            return Optional.of(unsupported(ask, snapshot));
        }
        Optional<ListKind> list = ListKind.of(ask.method());
        if (list.isPresent()) {
            return Optional.of(listed(list.get()));
        }
        ObjectNode greeting = Json.kept(((Welcome) snapshot.greeting()).result());
        return isModern() ? modern(greeting) : legacy(greeting);
    }

    private Optional<Served> modern(ObjectNode greeting) {
        return ask.method().equals("server/discover") ? Optional.of(result(discovered(greeting))) : Optional.empty();
    }

    private Optional<Served> legacy(ObjectNode greeting) {
        ObjectNode capabilities = Json.object(greeting, "capabilities").orElseGet(Json::object);
        return switch (ask.method()) {
            case "initialize" -> Optional.of(result(initialized(greeting)));
            case "ping" -> Optional.of(result(Json.object()));
            case "logging/setLevel" -> Optional.of(doneIf(capabilities.has("logging")));
            case "resources/subscribe", "resources/unsubscribe" ->
                Optional.of(
                        doneIf(capabilities.path("resources").path("subscribe").asBoolean(false)));
            default -> Optional.empty();
        };
    }

    private ObjectNode initialized(ObjectNode greeting) {
        String version = ask.revision().filter(snapshot::speaks).orElse(snapshot.revision());
        greeting.put("protocolVersion", version);
        return announcing(greeting);
    }

    private ObjectNode discovered(ObjectNode greeting) {
        return cacheable(announcing(greeting), Json.text(greeting, "cacheScope"));
    }

    /** We tell when the server can be asked again, and the lists may be others then. */
    private ObjectNode announcing(ObjectNode greeting) {
        Json.object(greeting, "capabilities")
                .ifPresent(capabilities -> List.of("tools", "prompts", "resources")
                        .forEach(offered ->
                                Json.object(capabilities, offered).ifPresent(one -> one.put(LIST_CHANGED, true))));
        String own = Json.text(greeting, "instructions").orElse("");
        return greeting.put(
                "instructions", Instructions.with(own, snapshot.owner().connector()));
    }

    private Served listed(ListKind kind) {
        Optional<Listing> list = snapshot.list(kind);
        if (list.isEmpty()) {
            return methodNotFound();
        }
        if (ask.cursor().isPresent()) {
            return new Served(200, Json.written(error(ask, INVALID_PARAMS, "Invalid cursor")));
        }
        ObjectNode result = Json.object();
        result.putRawValue(kind.key(), new RawValue(list.get().items()));
        return result(isModern() ? cacheable(result, list.get().cacheScope()) : result);
    }

    /** MCP 2026-07-28: not to be kept, and shared no further than the server allowed. */
    private static ObjectNode cacheable(ObjectNode result, Optional<String> scope) {
        return result.put("ttlMs", 0).put("cacheScope", scope.orElse("private"));
    }

    private Served doneIf(boolean offered) {
        return offered ? result(Json.object()) : methodNotFound();
    }

    private Served methodNotFound() {
        String message = "Method not found: " + ask.method();
        return new Served(isModern() ? 404 : 200, Json.written(error(ask, METHOD_NOT_FOUND, message)));
    }

    private Served refusal(Refused refused) {
        ObjectNode answer = envelope(ask);
        if (refused.error().isPresent()) {
            answer.putRawValue("error", new RawValue(refused.error().get()));
        } else {
            answer = error(ask, METHOD_NOT_FOUND, "Method not found: " + ask.method());
        }
        return new Served(refused.status(), Json.written(answer));
    }

    /** What tells a client which revisions it can come back with. */
    static Served unsupported(Ask ask, Snapshot known) {
        ObjectNode answer = error(ask, UNSUPPORTED_VERSION, "Unsupported protocol version");
        ObjectNode data = ((ObjectNode) answer.get("error")).putObject("data");
        data.set("supported", Json.array(List.copyOf(new TreeSet<>(known.spoken()))));
        data.put("requested", ask.revision().orElse(""));
        return new Served(400, Json.written(answer));
    }

    private Served result(ObjectNode result) {
        if (isModern()) {
            result.put("resultType", "complete");
        }
        ObjectNode meta = Json.object(result, "_meta").orElseGet(() -> result.putObject("_meta"));
        meta.set(META_KEY, mark);
        ObjectNode answer = envelope(ask);
        answer.set("result", result);
        return new Served(200, Json.written(answer));
    }

    static ObjectNode error(Ask ask, int code, String message) {
        ObjectNode answer = envelope(ask);
        answer.putObject("error").put("code", code).put("message", message);
        return answer;
    }

    static ObjectNode envelope(Ask ask) {
        ObjectNode answer = Json.object().put("jsonrpc", "2.0");
        answer.putRawValue("id", new RawValue(ask.id()));
        return answer;
    }

    private boolean isModern() {
        return snapshot.era() == Era.MODERN;
    }
}
