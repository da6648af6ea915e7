// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import io.netty.handler.stream.ChunkedWriteHandler;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A small MCP server on loopback that verifies every token: protected resource metadata (RFC 9728), correct challenges, and
 * streamable HTTP in both eras (2025-03-26 to 2025-11-25 with sessions, 2026-07-28 without). Its tools are {@code echo},
 * {@code whoami}, {@code count_slowly}, {@code big} and {@code length_of}. Bodies of any size pass in small memory, both
 * ways. Any thread but the server's own may call.
 */
public final class DemoMcpServer implements AutoCloseable {
    public static final String PATH = "/mcp";
    /** Serves the same as {@link #PATH} and is never struck by a fault: a place for redirects to lead to. */
    public static final String MOVED_PATH = "/moved/mcp";

    static final String METADATA_PATH = "/.well-known/oauth-protected-resource" + PATH;
    static final String NAME = "vigil-demo";
    static final String VERSION = "1";

    private final Tally tally = new Tally();
    private final DemoHttp http;
    private final McpEndpoint endpoint;

    private DemoMcpServer(Settings settings) {
        http = new DemoHttp("demo-mcp", settings.port());
        endpoint = new McpEndpoint(http.origin(), settings, tally);
        http.open(pipeline -> pipeline.addLast(new ChunkedWriteHandler(), new McpConnection(endpoint, tally)));
    }

    /** Listens. Throws {@link java.net.BindException} when the port is taken. */
    public static DemoMcpServer start(Settings settings) {
        return new DemoMcpServer(settings);
    }

    /** {@code http://127.0.0.1:PORT/mcp}, which is also the resource that tokens must be for. */
    public String url() {
        return http.origin() + PATH;
    }

    /** Tells every open stream that the tools have changed. */
    public void toolsChanged() {
        http.run(endpoint.streams()::toolsChanged);
    }

    /** Answers 404 to every session from now on and ends their streams, as after a restart. */
    public void forgetSessions() {
        http.run(endpoint::forgetSessions);
    }

    /** Closes every connection without a word, idle or not, and goes on listening. */
    public void closeConnections() {
        http.closeConnections();
    }

    public Counts counts() {
        return tally.counts(http.connections());
    }

    @Override
    public void close() {
        http.close();
    }

    /**
     * What the server saw so far.
     *
     * @param requests to the MCP endpoint, refused ones too
     * @param refused requests that were answered 401
     * @param tokens fingerprints of all bearer tokens, good or not
     * @param openConnections now
     * @param openAnswers requests whose answer has not ended yet, now
     * @param leftByPeer requests whose connection ended before their answer did, unless a fault broke it off
     */
    public record Counts(
            int requests, int refused, Set<Fingerprint> tokens, int openConnections, int openAnswers, int leftByPeer) {
        public Counts {
            tokens = Set.copyOf(tokens);
        }
    }

    /**
     * A request as it came in.
     *
     * @param headers by lower-case name, repeated ones joined with a comma, without {@code authorization}
     */
    public record SeenRequest(
            String httpMethod, String path, Map<String, String> headers, Optional<Fingerprint> token) {
        public SeenRequest {
            headers = Map.copyOf(headers);
        }
    }

    /**
     * Who may come in.
     *
     * @param issuer of the authorization server that clients are sent to
     * @param scopes told in the metadata; empty to tell none
     */
    public record Protection(String issuer, List<String> scopes, TokenCheck check) {
        public Protection {
            scopes = List.copyOf(scopes);
        }
    }

    /**
     * How the server behaves.
     *
     * @param port 0 for any free one
     * @param protection empty for a server that wants no authorization and publishes no metadata
     * @param faults strike at {@link #PATH}; an entry's kind is the HTTP method
     * @param listener hears of each request to the MCP endpoint, on the event loop
     */
    public record Settings(
            int port, Optional<Protection> protection, FaultScript<McpFault> faults, Consumer<SeenRequest> listener) {

        /** Any free port, no authorization, no faults. */
        public static Settings open() {
            return new Settings(0, Optional.empty(), new FaultScript<>(), seen -> {});
        }

        /** Any free port, tokens of this authorization server, no faults. */
        public static Settings protectedBy(DemoAuthServer auth) {
            Protection protection = new Protection(auth.issuer(), List.of("mcp"), auth);
            return new Settings(0, Optional.of(protection), new FaultScript<>(), seen -> {});
        }

        public Settings withPort(int other) {
            return new Settings(other, protection, faults, listener);
        }

        public Settings withListener(Consumer<SeenRequest> other) {
            return new Settings(port, protection, faults, other);
        }
    }
}
