// SPDX-License-Identifier: Apache-2.0
package dev.vigil.stdio;

import dev.vigil.auth.Secret;
import java.net.URI;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Where the proxy serves the one connector that a bridge leads to.
 *
 * @param connector its name
 * @param place asked before each request, so that a daemon that was started again is found, and nobody else is shown the
 *     key; empty while no proxy runs. Any thread; may look at the disk
 * @param key what is shown there
 * @param agent who we are, for the {@code User-Agent}
 */
public record Endpoint(String connector, Supplier<Optional<URI>> place, Secret key, String agent) {}
