// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

/** A command that cannot go on. The message says what happened and what helps; it is all that the person sees. */
final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What scripts can tell apart: the exit codes of {@code vigil}. */
    enum Code {
        UNEXPECTED(1),
        /** The command line or the config. */
        USAGE(2),
        LOGIN_NEEDED(3),
        UNREACHABLE(5),
        /** A file or a key. */
        STORAGE(6),
        /** The bucket. */
        SYNC(7);

        private final int number;

        Code(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }
    }

    private final Code code;
    private final String message;

    Failure(Code code, String message) {
        super(message);
        this.code = code;
        this.message = message;
    }

    Code code() {
        return code;
    }

    @Override
    public String getMessage() {
        return message;
    }
}
