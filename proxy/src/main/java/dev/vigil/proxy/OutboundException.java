// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import java.io.IOException;
import java.util.Locale;

/**
 * No connection stands, so nothing was sent. The message is for people: it names host and port, the reason and, where there
 * is one, the setting that helps; it holds no secret.
 */
public final class OutboundException extends IOException {
    private static final long serialVersionUID = 1L;

    /** What stood in the way. */
    public enum Kind {
        /** The name has no address. */
        RESOLVE,
        /** Nobody listens there, or no way leads there. */
        REFUSED,
        /** The limit passed. */
        TIMEOUT,
        /** The other side does not speak TLS, or its certificate is not one to trust. */
        TLS,
        /** The HTTP proxy could not be reached, or said no. */
        PROXY,
        /** A loopback, private or link-local address where none is allowed. */
        FORBIDDEN_ADDRESS,
        OTHER;

        /** The word that logs carry. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Kind kind;

    OutboundException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    OutboundException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
