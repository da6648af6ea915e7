// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

/** A whole answer of our own, ready to be written. */
record Reply(int status, String contentType, byte[] body) {
    static Reply json(int status, byte[] body) {
        return new Reply(status, "application/json", body);
    }

    /** RFC 9110, 15.3.3: taken, and nothing to say. */
    static Reply accepted() {
        return new Reply(202, "application/json", new byte[0]);
    }
}
