// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import java.util.Optional;

/**
 * How a connector meets its clients, beyond what its server does. Nothing of it happens unless the config says so.
 *
 * @param syntheticProgress tell clients that ask for progress that a silent server is still waited for
 * @param interactive offer a client that can show links to a person the link of a login, instead of a skip
 * @param port where this connector alone answers, beside the port of all
 */
public record Facing(boolean syntheticProgress, boolean interactive, Optional<Integer> port) {
    public static final Facing PLAIN = new Facing(false, false, Optional.empty());

    public Facing {
        if (port.isPresent() && (port.get() < 1 || port.get() > 65_535)) {
            throw new IllegalArgumentException("port " + port.get() + " is not between 1 and 65535");
        }
    }
}
