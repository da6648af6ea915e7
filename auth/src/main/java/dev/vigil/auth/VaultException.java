// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.nio.file.Path;

/** A file or key of the vault that cannot be used. The message names the file, what is wrong and what helps. */
public final class VaultException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What is wrong. */
    public enum Kind {
        /** Not sealed by this vault's keys, moved from elsewhere, tampered with, or cut short. */
        UNREADABLE,
        /** Written by a newer Vigil. */
        TOO_NEW,
        /** Wrong owner, mode or type (a link where a file belongs). */
        UNSAFE,
        /** No key-encryption key, or not the right one. */
        KEY,
        /** The disk refused: full, read-only, broken. */
        IO,
        /** Another process held the lock for too long. */
        BUSY
    }

    private final Kind kind;
    private final String message;
    private final transient Path file;

    public VaultException(Kind kind, Path file, String message) {
        super(message);
        this.kind = kind;
        this.message = message;
        this.file = file;
    }

    public VaultException(Kind kind, Path file, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.message = message;
        this.file = file;
    }

    @Override
    public String getMessage() {
        return message;
    }

    public Kind kind() {
        return kind;
    }

    public Path file() {
        return file;
    }
}
