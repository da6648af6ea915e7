// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Sends one OAuth request and tells exactly how far it got: whether a refresh token has left this machine is the one
 * thing that the clients of the JDK cannot say. Follows no redirect, keeps no cookie, retries nothing.
 *
 * <p>Blocks until there is an answer or the deadline has passed. Any thread but {@code proxy-io} may call.
 */
@FunctionalInterface
public interface OAuthTransport {

    /**
     * @param limit for everything together: name look-up, connection, TLS, sending, the whole answer
     * @return never null; whatever goes wrong is an answer, an exception is a bug
     */
    Answer send(Request request, Duration limit);

    /** A header line. */
    record Header(String name, String value) {}

    /**
     * @param body empty for GET
     * @param localAllowed may this request go to a loopback, private or link-local address? Only where the MCP server
     *     that the user configured stands on one itself, or a hostile server could make us knock on the user's own doors
     * @param maySend asked on the transport's thread when the connection stands, just before anything is written; if it says
     *     no, the answer is {@code NotSent}
     */
    record Request(
            String method,
            URI url,
            List<Header> headers,
            Optional<byte[]> body,
            boolean localAllowed,
            BooleanSupplier maySend) {
        public Request {
            headers = List.copyOf(headers);
        }

        public Request(String method, URI url, List<Header> headers, Optional<byte[]> body, boolean localAllowed) {
            this(method, url, headers, body, localAllowed, () -> true);
        }

        Request onlyWhile(BooleanSupplier stillMay) {
            return new Request(method, url, headers, body, localAllowed, stillMay);
        }
    }

    /** How far a request got. */
    sealed interface Answer {
        /** No connection stood: the name did not resolve, the port was closed, the certificate did not verify. */
        record NotConnected(String reason) implements Answer {}

        /** A connection stood, but the request had not been written when it failed. */
        record NotSent(String reason) implements Answer {}

        /** The request, or part of it, was written, and no whole answer came: the server may have acted on it. */
        record SentWithoutAnswer(String reason) implements Answer {}

        /** A whole answer. The body is at most 1 MiB; a longer one counts as no answer. */
        record Answered(int status, List<Header> headers, byte[] body) implements Answer {
            public Answered {
                headers = List.copyOf(headers);
            }

            /** The first header of that name, in any case. */
            public Optional<String> header(String name) {
                return headers.stream()
                        .filter(header -> header.name().toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT)))
                        .map(Header::value)
                        .findFirst();
            }

            /** All headers of that name, in any case and in order. */
            public List<String> headers(String name) {
                return headers.stream()
                        .filter(header -> header.name().equalsIgnoreCase(name))
                        .map(Header::value)
                        .toList();
            }
        }
    }
}
