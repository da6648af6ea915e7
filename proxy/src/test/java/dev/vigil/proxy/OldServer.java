// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** A server that speaks nothing but HTTP+SSE (MCP 2024-11-05): a stream at {@code /sse}, messages to {@code /messages}. */
final class OldServer implements AutoCloseable {
    static final String END = "<end>";
    static final String BREAK = "<break>";

    final ScriptedUpstream upstream;
    /** What is to be said on each stream, by the session that its address names. */
    final Map<String, BlockingQueue<String>> streams = new ConcurrentHashMap<>();

    private final AtomicInteger sessions = new AtomicInteger();
    volatile boolean refusing;
    volatile boolean failing;
    volatile boolean mute;
    /** The endpoint event; % stands for the session. */
    volatile String endpoint = "event: endpoint\ndata: /messages?sessionId=%\n\n";

    OldServer() throws IOException {
        upstream = new ScriptedUpstream(this::answer);
    }

    URI url() {
        return upstream.url().resolve("/sse");
    }

    private void answer(ScriptedUpstream.Seen request, OutputStream out) throws IOException {
        if (refusing) {
            ScriptedUpstream.json(out, 401, "{}");
        } else if (failing) {
            ScriptedUpstream.write(out, "HTTP/1.1 503 Later\r\nContent-Length: 0\r\n\r\n");
        } else if (request.method().equals("GET") && request.target().startsWith("/sse")) {
            stream(out);
        } else if (request.method().equals("POST") && request.target().startsWith("/messages?sessionId=")) {
            message(request, out);
        } else {
            ScriptedUpstream.write(out, "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n");
        }
    }

    private void stream(OutputStream out) throws IOException {
        String session = "s" + sessions.incrementAndGet();
        BlockingQueue<String> said = new LinkedBlockingQueue<>();
        streams.put(session, said);
        ScriptedUpstream.write(
                out, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
        said.add(endpoint.replace("%", session));
        try {
            for (String next = said.take(); !next.equals(END); next = said.take()) {
                if (next.equals(BREAK)) {
                    throw new IOException("broken off");
                }
                ScriptedUpstream.chunk(out, next);
            }
            ScriptedUpstream.write(out, "0\r\n\r\n");
        } catch (InterruptedException e) {
            throw new IOException(e);
        } finally {
            streams.remove(session);
        }
    }

    private void message(ScriptedUpstream.Seen request, OutputStream out) throws IOException {
        BlockingQueue<String> said = streams.get(request.target().substring("/messages?sessionId=".length()));
        if (said == null) {
            ScriptedUpstream.json(out, 400, "{\"error\":\"no such session\"}");
            return;
        }
        String body = request.body();
        if (body.contains("\"id\"") && !mute) {
            String id = body.replaceAll(".*\"id\":([0-9]+|\"[^\"]*\")[,}].*", "$1");
            said.add("event: message\ndata: {\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":" + result(body)
                    + "}\n\n");
        }
        ScriptedUpstream.write(out, "HTTP/1.1 202 Accepted\r\nContent-Length: 8\r\n\r\nAccepted");
    }

    private static String result(String body) {
        if (body.contains("\"initialize\"")) {
            return "{\"protocolVersion\":\"2024-11-05\",\"capabilities\":{\"tools\":{}},"
                    + "\"serverInfo\":{\"name\":\"old\",\"version\":\"1\"}}";
        }
        return body.contains("tools/list")
                ? "{\"tools\":[{\"name\":\"search\",\"inputSchema\":{\"type\":\"object\"}}]}"
                : "{\"content\":[]}";
    }

    void say(String session, String next) {
        streams.getOrDefault(session, new LinkedBlockingQueue<>()).add(next);
    }

    /** What clients have posted, in order; not what Vigil asks by itself. */
    List<ScriptedUpstream.Seen> posts() {
        return upstream.seen.stream()
                .filter(seen -> seen.method().equals("POST"))
                .filter(seen -> !seen.header("user-agent").equals("vigil"))
                .toList();
    }

    @Override
    public void close() throws IOException {
        upstream.close();
    }
}
