// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.auth.VaultException;

/**
 * A store gave no clear answer. The message names the store, what was asked of it, what went wrong and what helps; it
 * holds no secret.
 */
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What is wrong. */
    public enum Kind {
        /** No connection came about; nothing was sent. */
        UNREACHABLE(true),
        /** No answer within the time limit. */
        TIMED_OUT(true),
        /** The connection broke before the whole answer was here. */
        CUT(true),
        /** Asked to slow down. */
        THROTTLED(true),
        /** The store, or something in front of it, is out of order. */
        SERVER_FAULT(true),
        /** Credentials are missing, wrong, or not allowed to do this. */
        FORBIDDEN(false),
        /** There is no such bucket. */
        NO_BUCKET(false),
        /** The request makes no sense to this store: a wrong region, an address that is no store, a missing feature. */
        REFUSED(false),
        /** An object is longer than any of ours. */
        TOO_LARGE(false),
        /** What stands there does not open: it was changed or moved, or the key for it is not here. */
        SEALED(false);

        private final boolean retriable;

        Kind(boolean retriable) {
            this.retriable = retriable;
        }

        /** May the same request succeed later without a change by a person? */
        public boolean isRetriable() {
            return retriable;
        }
    }

    private final Kind kind;
    private final boolean mayHaveBeenApplied;
    private final String message;

    StoreException(Kind kind, boolean mayHaveBeenApplied, String message) {
        super(message);
        this.kind = kind;
        this.mayHaveBeenApplied = mayHaveBeenApplied;
        this.message = message;
    }

    StoreException(Kind kind, boolean mayHaveBeenApplied, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.mayHaveBeenApplied = mayHaveBeenApplied;
        this.message = message;
    }

    /** Is it one object that is of no use, and not the bucket? */
    boolean isSpoilt() {
        return kind == Kind.SEALED || kind == Kind.TOO_LARGE;
    }

    /** What trouble with a file is to those who only know a store. */
    static StoreException onDisk(boolean mayHaveBeenApplied, String message, VaultException trouble) {
        Kind kind = switch (trouble.kind()) {
            case BUSY -> Kind.TIMED_OUT;
            case UNSAFE, KEY -> Kind.FORBIDDEN;
            case UNREADABLE -> Kind.TOO_LARGE; // a file is unreadable for its length only
            case TOO_NEW -> Kind.REFUSED;
            case IO -> Kind.SERVER_FAULT;
        };
        return new StoreException(kind, mayHaveBeenApplied, message, trouble);
    }

    @Override
    public String getMessage() {
        return message;
    }

    public Kind kind() {
        return kind;
    }

    public boolean isRetriable() {
        return kind.isRetriable();
    }

    /** Was it a write that may stand all the same? Only another look, at the content, can tell. */
    public boolean mayHaveBeenApplied() {
        return mayHaveBeenApplied;
    }
}
