// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * How Vigil leaves the machine.
 *
 * @param extraCa a PEM file with certificates that are trusted beside those of the JDK: {@code tls.ca}
 * @param environment where {@code HTTPS_PROXY} and {@code NO_PROXY} stand, in either case; the lower-case form wins, as in
 *     curl
 */
public record OutboundSettings(Optional<Path> extraCa, Map<String, String> environment) {
    public OutboundSettings {
        environment = Map.copyOf(environment);
    }

    /** The environment may hold a proxy's password, and much else. */
    @Override
    public String toString() {
        return "OutboundSettings[extraCa=" + extraCa + "]";
    }
}
