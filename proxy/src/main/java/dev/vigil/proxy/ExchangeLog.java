// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.Now;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import java.util.Optional;

/** Gathers what an exchange will tell about itself when it is over. On the client's event loop only. */
final class ExchangeLog {
    private static final int LONGEST_NAME = 100;

    private final Now begun;
    private final String connector;
    private final Optional<String> client;
    private final Optional<String> userAgent;
    private final String httpMethod;
    private Optional<String> method;
    private Optional<String> tool;
    private int upstreamStatus;
    private long generation;
    private String outcome = "passed";
    private Optional<String> detail = Optional.empty();

    ExchangeLog(Now begun, String connector, Optional<String> client, HttpRequest request) {
        this.begun = begun;
        this.connector = connector;
        this.client = client;
        this.httpMethod = request.method().name();
        this.userAgent = header(request, HttpHeaderNames.USER_AGENT.toString());
        this.method = header(request, "Mcp-Method");
        this.tool = header(request, "Mcp-Name");
    }

    void sentWith(long usedGeneration) {
        generation = usedGeneration;
    }

    void upstreamSaid(int status) {
        upstreamStatus = status;
    }

    void outcome(String word) {
        outcome = word;
    }

    /** We answer ourselves: why. */
    void own(OwnAnswer own) {
        outcome = own.kind().isSkip() ? "skipped" : "failed";
        detail = Optional.of(own.kind().word() + " (" + own.reason() + "): " + own.headline());
    }

    /** Looks up method and tool in the body, where the headers have not told them, before the body is let go. */
    void remember(RequestBody body) {
        if (method.isEmpty() && body.size() > 0) {
            MessageScan scan = body.scanned();
            method = scan.isBatch()
                    ? Optional.of("batch of " + scan.messages().size())
                    : scan.method().map(ExchangeLog::cut);
            tool = scan.name().or(scan::uri).map(ExchangeLog::cut);
        }
    }

    ExchangeReport report(Now ended, int status, long bytesUp, long bytesDown) {
        return new ExchangeReport(
                begun.wall(),
                ended.monotonic().minus(begun.monotonic()),
                connector,
                client,
                userAgent,
                httpMethod,
                method,
                tool,
                status,
                upstreamStatus,
                generation,
                bytesUp,
                bytesDown,
                outcome,
                detail);
    }

    private static Optional<String> header(HttpRequest request, String name) {
        return Optional.ofNullable(request.headers().get(name)).map(ExchangeLog::cut);
    }

    private static String cut(String text) {
        return text.length() <= LONGEST_NAME ? text : text.substring(0, LONGEST_NAME);
    }
}
