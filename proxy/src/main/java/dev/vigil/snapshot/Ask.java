// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

import java.util.Optional;

/**
 * A request, as far as it matters to somebody who answers in the server's place.
 *
 * @param id raw JSON, copied into the answer byte for byte
 * @param revision what {@code initialize} asks for; what the session has agreed upon; or what {@code _meta} of a request of
 *     2026-07-28 declares. Empty where it is not known
 * @param cursor {@code params.cursor}
 */
public record Ask(String id, String method, Optional<String> revision, Optional<String> cursor) {

    /** {@code initialize} belongs to the legacy era and {@code server/discover} to the modern one, whatever else they say. */
    public Era era() {
        if (method.equals("initialize")) return Era.LEGACY;
        if (method.equals("server/discover")) return Era.MODERN;
        return revision.map(Era::of).orElse(Era.LEGACY);
    }

    String revisionOrNewest() {
        Era era = era();
        return revision.filter(asked -> Era.of(asked) == era).orElse(era.newest());
    }
}
