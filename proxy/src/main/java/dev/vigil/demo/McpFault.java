// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import java.util.List;

/** What can go wrong at the MCP endpoint. */
public sealed interface McpFault {

    /** 401 {@code invalid_token}, as if the token were not live. */
    record RefuseToken() implements McpFault {}

    /** 403 {@code insufficient_scope} (RFC 6750, 3.1). */
    record InsufficientScope(List<String> needed) implements McpFault {}

    /** This status with a line of plain text: 403, 500, 503 and the like. */
    record Status(int status) implements McpFault {}

    /** A page of HTML with status 200. */
    record HtmlOn200() implements McpFault {}

    /**
     * A redirect.
     *
     * @param target a path on this server ({@link DemoMcpServer#MOVED_PATH} serves the same tools), or another origin
     */
    record Redirect(int status, String target) implements McpFault {}

    /** Takes the request and says nothing, ever. */
    record NeverAnswer() implements McpFault {}

    /** Begins a right answer and breaks off. */
    record BreakOff(Where where, How how) implements McpFault {}

    /** A right answer, after which the connection is closed without a word before. */
    record CloseAfterAnswer() implements McpFault {}

    /** How far the answer gets. */
    enum Where {
        /** Status and headers, no body. */
        AFTER_HEAD,
        /** Half of the JSON. */
        IN_JSON,
        /** One progress notification and half of the event that holds the answer. */
        IN_EVENTS
    }

    /** What the peer sees. */
    enum How {
        RESET,
        /** An orderly close of the connection in the middle of a chunked body. */
        CLOSE
    }
}
