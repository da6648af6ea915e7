// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.proxy.Facing;
import java.util.Optional;

/** Reads how a connector meets its clients. Every mistake is noted in its place, as {@link ConfigReader} does it. */
record FacingSection(ConfigSection given) {

    Facing read() {
        return new Facing(
                given.parsed("progress", FacingSection::isSynthetic).orElse(false),
                given.parsed("interactive", ConfigValues::onOrOff).orElse(false),
                Optional.empty());
    }

    private static boolean isSynthetic(String text) {
        if (!text.equals("synthetic")) {
            throw new IllegalArgumentException("'" + text
                    + "' is no kind of progress. Write progress: synthetic, or remove the key: then only the server's own"
                    + " progress is told");
        }
        return true;
    }
}
