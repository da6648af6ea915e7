// SPDX-License-Identifier: Apache-2.0
package dev.vigil.stdio;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.vigil.auth.Secret;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/** Stands where the proxy would, with a bridge before it: answers by a script, and remembers what it was asked. */
final class ScriptedProxy implements AutoCloseable {
    /** What the script says to one request. */
    record Reply(int status, String type, String body, String session, boolean stalls) {
        Reply(int status, String type, String body, String session) {
            this(status, type, body, session, false);
        }

        static Reply json(String body) {
            return new Reply(200, "application/json", body, "");
        }

        static Reply events(String body) {
            return new Reply(200, "text/event-stream", body, "");
        }

        static Reply status(int status) {
            return new Reply(status, "text/plain", "", "");
        }

        Reply session(String id) {
            return new Reply(status, type, body, id, stalls);
        }

        /** Says this much, and then nothing more. */
        Reply andStalls() {
            return new Reply(status, type, body, session, true);
        }
    }

    record Asked(String method, Headers headers, String body) {
        JsonNode json() {
            return Rpc.JSON.readTree(body);
        }

        String rpc() {
            return body.isEmpty() ? "" : json().path("method").asString("");
        }

        String header(String name) {
            return Optional.ofNullable(headers.getFirst(name)).orElse("");
        }
    }

    /** Answers one request; on a thread of its own, and may wait. */
    interface Script {
        Reply to(Asked asked);
    }

    final Queue<Asked> asked = new ConcurrentLinkedQueue<>();
    final Queue<String> notes = new ConcurrentLinkedQueue<>();
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Script script;

    ScriptedProxy(Script script) throws IOException {
        this.script = script;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 200);
        server.createContext("/", this::serve);
        server.setExecutor(threads);
        server.start();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Asked one = new Asked(exchange.getRequestMethod(), exchange.getRequestHeaders(), body);
            asked.add(one);
            Reply reply = script.to(one);
            exchange.getResponseHeaders().set("Content-Type", reply.type());
            if (!reply.session().isEmpty()) {
                exchange.getResponseHeaders().set("Mcp-Session-Id", reply.session());
            }
            byte[] bytes = reply.body().getBytes(StandardCharsets.UTF_8);
            if (reply.stalls()) {
                exchange.sendResponseHeaders(reply.status(), 0);
                stall(exchange, bytes);
            } else {
                exchange.sendResponseHeaders(reply.status(), bytes.length == 0 ? -1 : bytes.length);
                exchange.getResponseBody().write(bytes);
            }
        }
    }

    private void stall(HttpExchange exchange, byte[] bytes) throws IOException {
        exchange.getResponseBody().write(bytes);
        exchange.getResponseBody().flush();
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What a client gets that writes these lines and leaves. */
    List<String> says(String... lines) throws IOException {
        return says(Optional.of(place()), lines);
    }

    URI place() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/mcp/x");
    }

    /** A client that stays. */
    LiveClient client() throws IOException {
        return client(() -> Optional.of(place()));
    }

    LiveClient client(Supplier<Optional<URI>> place) throws IOException {
        return new LiveClient(endpoint(place), notes, Bridge.Limits.STANDARD);
    }

    LiveClient client(Bridge.Limits limits) throws IOException {
        return new LiveClient(endpoint(() -> Optional.of(place())), notes, limits);
    }

    private static Endpoint endpoint(Supplier<Optional<URI>> place) {
        return new Endpoint("x", place, new Secret("key"), "test/1");
    }

    List<String> says(Optional<URI> place, String... lines) throws IOException {
        return says(() -> place, lines);
    }

    List<String> says(Supplier<Optional<URI>> place, String... lines) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Bridge bridge =
                new Bridge(endpoint(place), new PrintStream(out, true, StandardCharsets.UTF_8), () -> {}, notes::add);
        bridge.pass(new ByteArrayInputStream((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8)));
        bridge.close();
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    /** Requests of one JSON-RPC method. */
    List<Asked> asked(String rpc) {
        return asked.stream().filter(one -> one.rpc().equals(rpc)).toList();
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
