// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import dev.vigil.auth.Secret;
import dev.vigil.demo.TokenCheck.Verdict;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** What the MCP server answers, for all connections. Touched on the server's event loop only. */
final class McpEndpoint {
    private final String origin;
    private final DemoMcpServer.Settings settings;
    private final Tally tally;
    private final Optional<McpGate> gate;
    private final OpenStreams streams = new OpenStreams();
    private final LegacyEra legacy = new LegacyEra(streams, DemoAuthServer::unguessable);

    McpEndpoint(String origin, DemoMcpServer.Settings settings, Tally tally) {
        this.origin = origin;
        this.settings = settings;
        this.tally = tally;
        String resource = origin + DemoMcpServer.PATH;
        this.gate = settings.protection()
                .map(protection -> new McpGate(resource, origin + DemoMcpServer.METADATA_PATH, protection));
    }

    /** Decides by the head alone, before the body has come. */
    Arrival arrive(HttpRequest head) {
        String path = new QueryStringDecoder(head.uri()).path();
        if (path.equals(DemoMcpServer.METADATA_PATH) && gate.isPresent()) {
            return Arrival.answered(new McpAnswer.Whole(gate.get().metadata()));
        }
        if (!path.equals(DemoMcpServer.PATH) && !path.equals(DemoMcpServer.MOVED_PATH)) {
            return Arrival.answered(McpAnswer.json(404, JsonRpc.object().put("error", "not_found")));
        }
        Optional<Secret> token = WebRequest.bearer(head.headers());
        tally.request(token);
        settings.listener().accept(seen(head, path, token));
        String method = head.method().name();
        Optional<McpFault> fault =
                path.equals(DemoMcpServer.PATH) ? settings.faults().take(method) : Optional.empty();
        if (fault.isPresent() && fault.get() instanceof McpFault.NeverAnswer) {
            return Arrival.silent();
        }
        Optional<McpAnswer> struck = fault.flatMap(known -> strike(known, head.headers()));
        return struck.map(Arrival::answered).orElseGet(() -> guard(head, token, fault));
    }

    /** Answers a POST whose body has come. */
    McpAnswer answer(HttpHeaders headers, BodyGlance body, Optional<Verdict.Accepted> caller) {
        if (body.isTooLarge()) {
            return refused(413, -32600, "more than " + BodyGlance.LARGEST_REST + " bytes beside long strings");
        }
        Optional<JsonNode> document = body.document();
        if (document.isEmpty()) {
            return refused(400, -32700, "Parse error: the body is not JSON");
        }
        if (!document.get().isObject()) {
            return refused(400, -32600, "Invalid Request: send one JSON-RPC message, batches are not supported");
        }
        McpMessage message = new McpMessage(headers, document.get(), body.bytes(), body.anyStringIsCut());
        return message.isModern() ? ModernEra.answer(message, caller) : legacy.answer(message, caller);
    }

    OpenStreams streams() {
        return streams;
    }

    void forgetSessions() {
        legacy.forgetSessions();
    }

    /** Takes the faults apart that answer instead of us; the others strike while we answer. */
    private Optional<McpAnswer> strike(McpFault fault, HttpHeaders headers) {
        if (fault instanceof McpFault.RefuseToken) {
            tally.refused();
            return whole(gate.map(known -> known.unauthorized(headers, "the token was refused"))
                    .orElseGet(() -> WebAnswer.text(401, "refused")));
        }
        if (fault instanceof McpFault.InsufficientScope scope) {
            return whole(gate.map(known -> known.insufficientScope(scope.needed()))
                    .orElseGet(() -> WebAnswer.text(403, "forbidden")));
        }
        if (fault instanceof McpFault.Status status) {
            return whole(WebAnswer.text(status.status(), "the server answers " + status.status() + " for now"));
        }
        if (fault instanceof McpFault.HtmlOn200) {
            return whole(WebAnswer.of(200, "text/html", "<html><body>Welcome, guest</body></html>"));
        }
        if (fault instanceof McpFault.Redirect redirect) {
            return whole(WebAnswer.redirect(redirect.status(), redirect.target()));
        }
        if (fault instanceof McpFault.BreakOff || fault instanceof McpFault.CloseAfterAnswer) {
            return Optional.empty();
        }
        throw new AssertionError(fault);
    }

    private Arrival guard(HttpRequest head, Optional<Secret> token, Optional<McpFault> fault) {
        HttpHeaders headers = head.headers();
        if (!headers.get("Origin", origin).equals(origin)) { // against DNS rebinding
            return Arrival.answered(McpAnswer.json(403, JsonRpc.object().put("error", "foreign_origin")));
        }
        Optional<Verdict> verdict = gate.map(known -> known.check(token));
        if (verdict.isPresent() && verdict.get() instanceof Verdict.Refused refused) {
            tally.refused();
            return Arrival.answered(new McpAnswer.Whole(gate.orElseThrow().unauthorized(headers, refused.why())));
        }
        Optional<Verdict.Accepted> caller = verdict.map(Verdict.Accepted.class::cast);
        Optional<McpAnswer> early = byMethod(head.method().name(), headers);
        return new Arrival(early, fault, caller, false);
    }

    /** The answer to everything but a POST that we want to read. */
    private Optional<McpAnswer> byMethod(String method, HttpHeaders headers) {
        String accept = headers.get("Accept", "");
        boolean modern = headers.get("MCP-Protocol-Version", "").equals(McpMessage.MODERN_VERSION);
        if (method.equals("POST")) {
            boolean both = accept.contains("application/json") && accept.contains("text/event-stream");
            return both
                    ? Optional.empty()
                    : whole(WebAnswer.text(406, "Accept application/json and text/event-stream."));
        }
        if (modern || !(method.equals("GET") || method.equals("DELETE"))) {
            return whole(WebAnswer.text(405, "Use POST.").with("Allow", "POST"));
        }
        if (method.equals("DELETE")) {
            return Optional.of(legacy.end(headers));
        }
        return accept.contains("text/event-stream")
                ? Optional.of(legacy.listen(headers))
                : whole(WebAnswer.text(406, "Accept text/event-stream."));
    }

    private static DemoMcpServer.SeenRequest seen(HttpRequest head, String path, Optional<Secret> token) {
        Map<String, String> headers = new TreeMap<>();
        for (String name : head.headers().names()) {
            if (!name.equalsIgnoreCase("Authorization")) {
                headers.put(
                        name.toLowerCase(Locale.ROOT),
                        String.join(", ", head.headers().getAll(name)));
            }
        }
        return new DemoMcpServer.SeenRequest(head.method().name(), path, headers, token.map(Fingerprint::of));
    }

    private static McpAnswer refused(int status, int code, String text) {
        return McpAnswer.json(status, JsonRpc.error(MissingNode.getInstance(), code, text));
    }

    private static Optional<McpAnswer> whole(WebAnswer answer) {
        return Optional.of(new McpAnswer.Whole(answer));
    }

    /**
     * What the head of a request led to.
     *
     * @param early the answer, where the body does not matter
     * @param fault strikes while the answer is sent
     * @param caller whose token it was; empty on a server without authorization
     * @param silence there will be no answer
     */
    record Arrival(
            Optional<McpAnswer> early, Optional<McpFault> fault, Optional<Verdict.Accepted> caller, boolean silence) {
        static Arrival answered(McpAnswer answer) {
            return new Arrival(Optional.of(answer), Optional.empty(), Optional.empty(), false);
        }

        boolean wantsBody() {
            return early.isEmpty() && !silence;
        }

        static Arrival silent() {
            return new Arrival(Optional.empty(), Optional.empty(), Optional.empty(), true);
        }
    }
}
