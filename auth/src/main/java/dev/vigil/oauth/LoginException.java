// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

/**
 * A login that did not work out. The message says what happened and what helps, is fit to be shown, and holds no secret
 * and no text that a stranger could use to deceive.
 */
public final class LoginException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What went wrong. */
    public enum Kind {
        /** No answer, or none for now: trying again may help. */
        UNREACHABLE,
        /** The server shows no sign of OAuth. */
        NO_OAUTH,
        /** The person or the authorization server said no. */
        REFUSED,
        /** OAuth, but not in a way that is safe or that we speak. */
        NOT_SUPPORTED,
        /** Something is not what it claims to be; going on could hand tokens to a stranger. */
        MISMATCH,
        /** The vault cannot keep what a login gives. */
        STORAGE,
        /** Nobody came back in time. */
        EXPIRED
    }

    private final Kind kind;
    private final String message;

    LoginException(Kind kind, String message) {
        super(message);
        this.kind = kind;
        this.message = message;
    }

    public Kind kind() {
        return kind;
    }

    @Override
    public String getMessage() {
        return message;
    }
}
