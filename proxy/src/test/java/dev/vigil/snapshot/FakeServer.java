// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A server behind the taker's wire that speaks both eras unless a test says otherwise, and is asked without a network. */
final class FakeServer implements Wire {
    /** What a server answers to one request. */
    record Said(int status, String type, String body, Optional<String> session) {}

    interface Script {
        Said answer(ObjectNode request, String id);
    }

    static final String INITIALIZED = "{'protocolVersion':'2025-11-25','capabilities':{'tools':{}},"
            + "'serverInfo':{'name':'fake','version':'1'},'instructions':'Be nice.'}";
    static final String DISCOVERED = "{'supportedVersions':['2026-07-28'],'capabilities':{'tools':{}},'ttlMs':1000,"
            + "'cacheScope':'public','resultType':'complete'}";

    private final Map<String, Script> scripts = new HashMap<>();
    final List<Call> calls = new ArrayList<>();
    Optional<String> trouble = Optional.empty();

    FakeServer() {
        on("server/discover", (request, id) -> result(id, DISCOVERED));
        on("initialize", (request, id) -> result(id, INITIALIZED));
        on("notifications/initialized", (request, id) -> new Said(202, "", "", Optional.empty()));
        on("tools/list", (request, id) -> result(id, "{'tools':[{'name':'search','inputSchema':{'type':'object'}}]}"));
    }

    FakeServer on(String method, Script script) {
        scripts.put(method, script);
        return this;
    }

    /** Single quotes stand for double ones. */
    static Said result(String id, String result) {
        return json(200, "{'jsonrpc':'2.0','id':'" + id + "','result':" + result + "}");
    }

    static Said error(int status, int code) {
        return json(status, "{'jsonrpc':'2.0','id':null,'error':{'code':" + code + ",'message':'no'}}");
    }

    static Said json(int status, String body) {
        return new Said(status, "application/json", body.replace('\'', '"'), Optional.empty());
    }

    static Said events(String body) {
        return new Said(200, "text/event-stream; charset=utf-8", body.replace('\'', '"'), Optional.empty());
    }

    List<String> methods() {
        return calls.stream().map(FakeServer::method).toList();
    }

    static String method(Call call) {
        return call.body().isEmpty()
                ? call.method()
                : Json.kept(call.body()).path("method").asString("");
    }

    @Override
    public Optional<String> send(Call call, Ear ear, Duration limit) {
        calls.add(call);
        if (trouble.isPresent() || call.body().isEmpty()) {
            return trouble;
        }
        if (call.at().isPresent()) {
            return posted(call, ear);
        }
        ObjectNode request = Json.kept(call.body());
        Script script = scripts.get(method(call));
        Said said = script == null
                ? error(200, -32601)
                : script.answer(request, request.path("id").asString(""));
        boolean enough = ear.head(said.status(), name -> switch (name) {
            case "Content-Type" -> Optional.of(said.type());
            case "Mcp-Session-Id" -> said.session();
            default -> Optional.empty();
        });
        if (!enough) {
            hear(ear, said.body().getBytes(StandardCharsets.UTF_8));
        }
        return Optional.empty();
    }

    /** A server of HTTP+SSE: what is posted to /messages is answered on the stream. */
    private @Nullable Ear old;

    String address = "/messages?s=1";
    boolean hasOldStream;

    @Override
    public Stream listen(Call call, Ear ear, Duration limit) {
        calls.add(call);
        if (hasOldStream) {
            old = ear;
            ear.head(200, name -> Optional.of("text/event-stream"));
            hear(ear, ("event: endpoint\ndata: " + address + "\n\n").getBytes(StandardCharsets.UTF_8));
        } else {
            ear.head(405, name -> Optional.empty());
            ear.end(Optional.empty());
        }
        return () -> old = null;
    }

    private Optional<String> posted(Call call, Ear ear) {
        ObjectNode request = Json.kept(call.body());
        Script script = scripts.get("old " + method(call));
        ear.head(202, name -> Optional.empty());
        if (request.has("id") && old != null) {
            String id = request.path("id").asString("");
            Said said = script == null ? error(200, -32601) : script.answer(request, id);
            hear(old, ("event: message\ndata: " + said.body() + "\n\n").getBytes(StandardCharsets.UTF_8));
        }
        return Optional.empty();
    }

    /** In small pieces, so that nothing depends on where they are cut. */
    private static void hear(Ear ear, byte[] body) {
        int piece = Math.max(7, body.length / 100);
        for (int from = 0; from < body.length; from += piece) {
            if (ear.piece(Arrays.copyOfRange(body, from, Math.min(body.length, from + piece)))) {
                return;
            }
        }
    }
}
