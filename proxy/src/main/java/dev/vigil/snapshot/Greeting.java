// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

import java.util.Optional;

/** How a server met us in one era. */
public sealed interface Greeting {

    /**
     * It speaks it.
     *
     * @param result of {@code initialize} or {@code server/discover}, a JSON object
     * @param old over HTTP+SSE, the transport of 2024-11-05
     */
    record Welcome(String result, boolean old) implements Greeting {
        public Welcome(String result) {
            this(result, false);
        }
    }

    /**
     * It said that it does not speak it. A client has to hear that again, or it would not try the other era.
     *
     * @param status of HTTP
     * @param error the JSON-RPC error object, where there was one
     */
    record Refused(int status, Optional<String> error) implements Greeting {}
}
