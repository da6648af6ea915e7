// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where the next key-encryption key is to be found, as {@code vigil keys rewrap --to} takes it: never a key itself.
 *
 * @param setting the key under {@code keys:} in the config; empty for a new file of our own
 * @param value what is written there: {@code {env: NAME}} or {@code {file: PATH}}
 */
record KeyTarget(Optional<String> setting, Map<String, Object> value) {
    static final KeyTarget NEW_FILE = new KeyTarget(Optional.empty(), Map.of());
    private static final String FORM = "env:NAME, file:PATH, passphrase-env:NAME, passphrase-file:PATH or new-file";

    /** @param userHome what {@code ~/} means. @throws Failure USAGE */
    static KeyTarget parse(String text, Path userHome) {
        if (text.equals("new-file")) {
            return NEW_FILE;
        }
        int colon = text.indexOf(':');
        String word = colon < 0 ? "" : text.substring(0, colon);
        String rest = text.substring(colon + 1);
        String setting = word.startsWith("passphrase-") ? "passphrase" : "keyEncryptionKey";
        return switch (word) {
            case "env", "passphrase-env" -> new KeyTarget(Optional.of(setting), Map.of("env", variable(rest)));
            case "file", "passphrase-file" -> new KeyTarget(Optional.of(setting), Map.of("file", path(rest, userHome)));
            // Not the text: somebody may have typed the key itself.
            default -> throw wrong("--to wants " + FORM + "; the key itself is never an argument");
        };
    }

    /** As the config would say it. */
    KeysConfig config() {
        Optional<SecretRef> ref = Optional.ofNullable(value.get("env"))
                .<SecretRef>map(name -> new SecretRef.FromEnvironment(name.toString()))
                .or(() -> file().map(SecretRef.FromFile::new));
        boolean isPassphrase = setting.equals(Optional.of("passphrase"));
        return new KeysConfig(
                isPassphrase ? Optional.empty() : ref, isPassphrase ? ref : Optional.empty(), Optional.empty());
    }

    Optional<Path> file() {
        return Optional.ofNullable(value.get("file")).map(path -> Path.of(path.toString()));
    }

    private static String variable(String name) {
        try {
            return ConfigValues.variable(name);
        } catch (IllegalArgumentException e) {
            throw wrong("--to: " + e.getMessage());
        }
    }

    /** Absolute, since the config stands elsewhere than the person does. */
    private static String path(String text, Path userHome) {
        try {
            Path given = text.startsWith("~/") ? userHome.resolve(text.substring(2)) : Path.of(text);
            if (text.isBlank()) {
                throw wrong("--to: names no file");
            }
            return given.toAbsolutePath().normalize().toString();
        } catch (InvalidPathException e) {
            throw wrong("--to: names no file");
        }
    }

    private static Failure wrong(String message) {
        return new Failure(Failure.Code.USAGE, message);
    }
}
