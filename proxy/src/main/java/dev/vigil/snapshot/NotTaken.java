// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

/** Something a server did that makes a snapshot impossible. The message says what, in a few words; it never leaves the package. */
final class NotTaken extends Exception {
    private static final long serialVersionUID = 1L;

    NotTaken(String reason) {
        super(reason);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
