// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/** Reads {@code keys:}. Every mistake is noted in its place, as {@link ConfigReader} does it. */
record KeysSection(ConfigSection given, BiFunction<ConfigSection, String, Optional<SecretRef>> reference) {
    private static final Duration SHORTEST = Duration.ofDays(1);

    KeysConfig read() {
        given.allow(Set.of("keyEncryptionKey", "passphrase", "rotateEvery"));
        if (given.has("keyEncryptionKey") && given.has("passphrase")) {
            given.wrongKey(
                    "passphrase", "goes not together with keyEncryptionKey: both say what the key is. Remove one");
        }
        return new KeysConfig(
                reference.apply(given, "keyEncryptionKey"),
                reference.apply(given, "passphrase"),
                given.parsed("rotateEvery", KeysSection::every));
    }

    private static Duration every(String text) {
        Duration every = DurationText.parse(text);
        if (every.compareTo(SHORTEST) < 0) {
            throw new IllegalArgumentException("'" + text + "' must be a day or more. Write 90d");
        }
        return every;
    }
}
