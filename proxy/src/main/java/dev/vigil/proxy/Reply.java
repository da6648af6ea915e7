// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A whole answer of our own, ready to be written.
 *
 * @param session the id of a session that begins with it
 * @param location where a browser is to go on
 */
record Reply(int status, String contentType, byte[] body, Optional<String> session, Optional<String> location) {
    static Reply json(int status, byte[] body) {
        return new Reply(status, "application/json", body, Optional.empty(), Optional.empty());
    }

    static Reply json(int status, String body) {
        return json(status, body.getBytes(StandardCharsets.UTF_8));
    }

    /** RFC 9110, 15.3.3: taken, and nothing to say. */
    static Reply accepted() {
        return json(202, new byte[0]);
    }

    Reply inSession(Optional<String> id) {
        return new Reply(status, contentType, body, id, location);
    }
}
