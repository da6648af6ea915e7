// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.Secret;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Answers for Vigil's own routes: {@code /healthz}, {@code /api/...}, {@code /oauth/callback},
 * {@code /login/...}. Called on
 * {@code proxy-io}, so an implementation hands blocking work to another thread and completes the stage there; the
 * receiver comes home by itself. A failed stage becomes a 500 with a plain body.
 */
@FunctionalInterface
public interface LocalPages {
    CompletionStage<Page> answer(Visit visit);

    /**
     * A request for one of our own routes, whole (bodies are limited to 64 KiB).
     *
     * @param path decoded, without the query
     * @param query decoded parameters, in order
     * @param target path and query as they came
     * @param bearer the key in {@code Authorization: Bearer}, not checked yet
     */
    record Visit(
            String method,
            String path,
            Map<String, List<String>> query,
            String target,
            Optional<Secret> bearer,
            String body) {}

    /** An answer. {@code Cache-Control: no-store}, {@code Referrer-Policy} and the like are added to each. */
    record Page(int status, String contentType, String body, Optional<URI> location) {
        public static Page json(int status, String body) {
            return new Page(status, "application/json", body, Optional.empty());
        }

        public static Page html(int status, String body) {
            return new Page(status, "text/html; charset=utf-8", body, Optional.empty());
        }

        /** RFC 9110, 15.4.4: the browser goes on by a GET, whatever it did here. */
        public static Page elsewhere(URI location) {
            return new Page(303, "text/plain; charset=utf-8", "", Optional.of(location));
        }
    }
}
