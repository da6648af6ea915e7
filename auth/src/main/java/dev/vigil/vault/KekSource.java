// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import dev.vigil.auth.Secret;
import dev.vigil.auth.VaultException;
import dev.vigil.auth.VaultException.Kind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Where the key-encryption key comes from: the caller (who has it from an environment variable, a file or a command), or
 * else the file {@code keys/kek}: 32 random bytes in base64 and a line feed, made at first use. Its version is that of the
 * ring that it opens.
 */
final class KekSource {
    private static final int LIMIT = 1024;

    private final Optional<Supplier<Secret>> given;
    private final Path file;
    private final SafeFiles files;

    KekSource(Optional<Supplier<Secret>> given, Path file, SafeFiles files) {
        this.given = given;
        this.file = file;
        this.files = files;
    }

    /** What {@code keys/ring.json} calls this source. */
    String word() {
        return given.isPresent() ? "given" : "file";
    }

    /** The key of a ring that exists. @throws VaultException KEY when it is missing or malformed */
    KeyEncryptionKey existing() {
        return find().orElseThrow(() -> new VaultException(
                Kind.KEY,
                file,
                file + " is missing, and without it no stored login can be opened. Restore it from a backup"));
    }

    /** The key for a new ring, made if need be. */
    KeyEncryptionKey orMinted() {
        return find().orElseGet(() -> {
            String text = Base64.getEncoder().encodeToString(Randomness.key());
            files.replace(file, (text + "\n").getBytes(StandardCharsets.US_ASCII));
            return KeyEncryptionKey.of(text).orElseThrow();
        });
    }

    private Optional<KeyEncryptionKey> find() {
        if (given.isPresent()) {
            return Optional.of(
                    fromCaller(given.get()).orElseThrow(() -> malformed("the configured key-encryption key")));
        }
        return files.read(file, LIMIT)
                .map(content -> KeyEncryptionKey.of(new String(content, StandardCharsets.US_ASCII))
                        .orElseThrow(() -> malformed(file.toString())));
    }

    private static Optional<KeyEncryptionKey> fromCaller(Supplier<Secret> given) {
        try {
            return KeyEncryptionKey.of(given.get().reveal());
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // an empty variable or file makes no Secret
        }
    }

    private VaultException malformed(String what) {
        String help = given.isPresent() ? "Make one with: openssl rand -base64 32" : "Restore it from a backup";
        return new VaultException(Kind.KEY, file, what + " is not 32 bytes in base64 or hexadecimal. " + help);
    }
}
