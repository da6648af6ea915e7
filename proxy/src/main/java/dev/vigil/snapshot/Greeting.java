// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

import java.util.Optional;

/** How a server met us in one era. */
public sealed interface Greeting {

    /**
     * It speaks it.
     *
     * @param result of {@code initialize} or {@code server/discover}, a JSON object
     */
    record Welcome(String result) implements Greeting {}

    /**
     * It said that it does not speak it. A client has to hear that again, or it would not try the other era.
     *
     * @param status of HTTP
     * @param error the JSON-RPC error object, where there was one
     */
    record Refused(int status, Optional<String> error) implements Greeting {}
}
