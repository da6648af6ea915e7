// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * One request and its answer, for logs and metrics. Holds no secret, no arguments and no content.
 *
 * @param begun when the request head arrived
 * @param client the name of the local key that was shown; empty where none is asked for or none was right
 * @param userAgent what the client calls itself, cut to 100 characters
 * @param httpMethod POST, GET or DELETE
 * @param method the JSON-RPC method, where the body told one
 * @param tool the tool's, prompt's or resource's name, where the body told one
 * @param status the HTTP status that the client was answered; 0 when it left before
 * @param upstreamStatus the last status that the upstream answered; 0 when it was not asked or did not answer
 * @param generation of the token that was sent last; 0 for none
 * @param outcome passed, replayed, skipped, failed, refused or client_left
 * @param detail the skip's or failure's kind and reason
 */
public record ExchangeReport(
        Instant begun,
        Duration took,
        String connector,
        Optional<String> client,
        Optional<String> userAgent,
        String httpMethod,
        Optional<String> method,
        Optional<String> tool,
        int status,
        int upstreamStatus,
        long generation,
        long bytesUp,
        long bytesDown,
        String outcome,
        Optional<String> detail) {}
