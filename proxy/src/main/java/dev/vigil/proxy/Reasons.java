// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import io.netty.handler.codec.http.TooLongHttpHeaderException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Turns what went wrong on a connection into words for people. */
final class Reasons {
    private Reasons() {}

    static String of(@Nullable Throwable cause) {
        if (cause == null) {
            return "it closed the connection";
        }
        if (cause instanceof OutboundException refused) {
            return String.valueOf(refused.getMessage());
        }
        if (cause instanceof TooLongHttpHeaderException) {
            return "its header block is too long";
        }
        if (cause instanceof IOException && String.valueOf(cause.getMessage()).contains("reset")) {
            return "it reset the connection";
        }
        return String.valueOf(cause.getMessage());
    }
}
