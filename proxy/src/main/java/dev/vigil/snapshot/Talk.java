// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

import dev.vigil.auth.Connector;
import dev.vigil.auth.Deadline;
import dev.vigil.auth.Origin;
import dev.vigil.auth.TimeSource;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** What Vigil says to a server to take one snapshot, within limits that hold for all of it. One thread. */
final class Talk {
    /** For each era: one that hangs leaves the other its time. */
    static final Duration LIMIT = Duration.ofSeconds(15);
    /** Bytes of all answers together. */
    static final int MOST_BYTES = 8 << 20;

    private final Wire wire;
    private final Connector connector;
    private final Owner owner;
    private final TimeSource time;
    private Deadline end;
    private int room = MOST_BYTES;
    private int asked;

    Talk(Wire wire, Connector connector, Owner owner, TimeSource time) {
        this.wire = wire;
        this.connector = connector;
        this.owner = owner;
        this.time = time;
        this.end = Deadline.in(LIMIT, time.now());
    }

    /** Begins with the other era. */
    void nextEra() {
        end = Deadline.in(LIMIT, time.now());
    }

    Owner owner() {
        return owner;
    }

    /** Sends a request. @throws NotTaken when no whole answer came, or the limits are reached */
    Answer ask(String method, ObjectNode params, Map<String, String> headers) throws NotTaken {
        String id = newId();
        ObjectNode message = message(method, params).put("id", id);
        Answer answer = new Answer(id, room);
        Optional<String> trouble = post(headers, Json.written(message), answer);
        room -= Math.min(room, answer.size());
        if (answer.isTooLong()) {
            throw new NotTaken("its answers are longer than " + (MOST_BYTES >> 20) + " MiB");
        }
        if (trouble.isPresent()) {
            throw new NotTaken(method + ": " + trouble.get());
        }
        return answer;
    }

    /** Sends a notification; what is answered does not matter. @throws NotTaken as {@link #ask} */
    void tell(String method, Map<String, String> headers) throws NotTaken {
        Answer ignored = new Answer("", room);
        Optional<String> trouble = post(headers, Json.written(message(method, Json.object())), ignored);
        if (trouble.isPresent()) {
            throw new NotTaken(method + ": " + trouble.get());
        }
    }

    String newId() {
        return "vigil-" + ++asked;
    }

    /** Opens a stream of the server's. */
    Wire.Stream listen(Wire.Ear ear) {
        Map<String, String> headers = Map.of("Accept", "text/event-stream", "Cache-Control", "no-store");
        return wire.listen(new Wire.Call(connector, owner, "GET", headers, ""), ear, left());
    }

    /** Where a reference of the server's leads. @throws NotTaken where that is not its own origin */
    URI own(String reference) throws NotTaken {
        return Origin.resolved(connector.url(), reference)
                .filter(target -> Origin.isSame(connector.url(), target))
                .orElseThrow(() -> new NotTaken("its endpoint event names an address that is not of its origin"));
    }

    /** Sends a message to an address of the server's, which answers elsewhere. @throws NotTaken where it is not taken */
    void post(URI at, ObjectNode message) throws NotTaken {
        Answer taken = new Answer("", room);
        Map<String, String> headers = Map.of("Content-Type", "application/json");
        Wire.Call call = new Wire.Call(connector, owner, "POST", headers, Json.written(message), Optional.of(at));
        Optional<String> trouble = wire.send(call, taken, left());
        if (trouble.isPresent() || taken.status() >= 300) {
            throw new NotTaken("a message was not taken: " + trouble.orElse("HTTP " + taken.status()));
        }
    }

    /** What is left of the time, if only a moment. */
    Duration left() {
        Duration left = end.left(time.now());
        return left.toMillis() > 0 ? left : Duration.ofMillis(1);
    }

    /** Ends a session, if the server lets us; if not, it will forget it by itself. */
    void leave(Map<String, String> headers) {
        Duration left = end.left(time.now());
        if (left.toMillis() > 0) {
            wire.send(new Wire.Call(connector, owner, "DELETE", headers, ""), new Answer("", room), left);
        }
    }

    private Optional<String> post(Map<String, String> headers, String body, Answer answer) throws NotTaken {
        Duration left = end.left(time.now());
        if (left.toMillis() <= 0) {
            throw new NotTaken("it took longer than " + LIMIT.toSeconds() + " s");
        }
        Map<String, String> all = new HashMap<>(headers);
        all.put("Content-Type", "application/json");
        all.put("Accept", "application/json, text/event-stream");
        return wire.send(new Wire.Call(connector, owner, "POST", all, body), answer, left);
    }

    static ObjectNode message(String method, ObjectNode params) {
        ObjectNode message = Json.object().put("jsonrpc", "2.0").put("method", method);
        if (!params.isEmpty()) {
            message.set("params", params);
        }
        return message;
    }
}
