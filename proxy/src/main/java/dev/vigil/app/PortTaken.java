// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import java.io.IOException;
import java.net.BindException;
import java.nio.file.Path;

/** Why we cannot listen, and what helps. */
final class PortTaken {
    private PortTaken() {}

    static Failure failure(int port, Path config, IOException cause) {
        return failure(port, cause, config + ": listen: { port: " + next(port) + " }");
    }

    /** The same of a port that belongs to one connector. */
    static Failure failure(String connector, int port, Path config, IOException cause) {
        return failure(port, cause, config + ": connectors: { " + connector + ": { port: " + next(port) + " } }");
    }

    private static Failure failure(int port, IOException cause, String where) {
        if (!(cause instanceof BindException)) {
            return new Failure(Failure.Code.UNEXPECTED, "cannot listen on port " + port + ": " + cause);
        }
        String holder = PortHolder.of(port).orElse("another process");
        return new Failure(
                Failure.Code.USAGE,
                "port " + port + " is in use by " + holder + ". End that, or choose another port in " + where);
    }

    private static int next(int port) {
        return port == 65_535 ? port - 1 : port + 1;
    }
}
