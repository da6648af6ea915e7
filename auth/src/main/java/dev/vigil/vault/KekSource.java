// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import dev.vigil.auth.Secret;
import dev.vigil.auth.VaultException;
import dev.vigil.auth.VaultException.Kind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where the key-encryption key comes from: the caller (who has it from an environment variable, a file or a command), a
 * passphrase of the caller, or else the file {@code keys/kek}: 32 random bytes in base64 and a line feed, made at first use.
 * Its version is that of the ring that it opens. Any thread but {@code proxy-io}.
 */
final class KekSource {
    static final int SHORTEST_PASSPHRASE = 12;

    private static final int LIMIT = 1024;
    /** One for each ring of a vault, and some that are being looked at. */
    private static final int REMEMBERED = 8;

    private final Supplier<KeyOrigin> origin;
    private final Path file;
    private final SafeFiles files;
    /** What the file holds, or is to hold. */
    private final Supplier<Optional<byte[]>> content;
    /** What was derived lately: the derivation is slow on purpose. Guarded by this. */
    private final Map<Derivation, KeyEncryptionKey> derived = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.@Nullable Entry<Derivation, KeyEncryptionKey> eldest) {
            return size() > REMEMBERED;
        }
    };

    private record Derivation(Secret passphrase, Kdf kdf) {}

    /** @param origin asked at each use, since a config may change */
    KekSource(Supplier<KeyOrigin> origin, Path file, SafeFiles files) {
        this(origin, file, files, () -> files.read(file, LIMIT));
    }

    private KekSource(Supplier<KeyOrigin> origin, Path file, SafeFiles files, Supplier<Optional<byte[]>> content) {
        this.origin = origin;
        this.file = file;
        this.files = files;
        this.content = content;
    }

    /** The file {@code keys/kek} as it will be when it holds this key. */
    static KekSource file(KeyEncryptionKey key, Path file, SafeFiles files) {
        return new KekSource(KeyOrigin.OwnFile::new, file, files, () -> Optional.of(key.line()));
    }

    /** What a ring calls this source. */
    String word() {
        KeyOrigin now = origin.get();
        if (now instanceof KeyOrigin.OwnFile) return "file";
        if (now instanceof KeyOrigin.Given) return "given";
        if (now instanceof KeyOrigin.Passphrase) return "passphrase";
        throw new AssertionError(now);
    }

    /** Is it the file, and is there none? */
    boolean isMissing() {
        return word().equals("file") && content.get().isEmpty();
    }

    /**
     * The key for a ring that exists; empty when this source has no key of that kind.
     *
     * @param kdf what the ring says about its passphrase
     * @throws VaultException KEY when what is there is no key
     */
    Optional<Wrapping> find(Optional<Kdf> kdf) {
        KeyOrigin now = origin.get();
        if (now instanceof KeyOrigin.Passphrase words) {
            return kdf.map(how -> derived(words, how));
        }
        if (kdf.isPresent()) {
            return Optional.empty();
        }
        if (now instanceof KeyOrigin.Given given) {
            return Optional.of(new Wrapping("given", kdf, fromCaller(given)));
        }
        return content.get().map(line -> new Wrapping("file", kdf, fromFile(line)));
    }

    /** The key for a new ring, made if need be. Throws like {@link #find}. */
    Wrapping forNew() {
        KeyOrigin now = origin.get();
        if (now instanceof KeyOrigin.Passphrase words) {
            return derived(words, Kdf.fresh());
        }
        return find(Optional.empty()).orElseGet(() -> {
            KeyEncryptionKey key = KeyEncryptionKey.random();
            files.replace(file, key.line());
            return new Wrapping("file", Optional.empty(), key);
        });
    }

    private synchronized Wrapping derived(KeyOrigin.Passphrase words, Kdf kdf) {
        Secret passphrase = secret(words.passphrase()).filter(KekSource::isLong).orElseThrow(this::tooShort);
        KeyEncryptionKey key = derived.computeIfAbsent(new Derivation(passphrase, kdf), any -> kdf.derive(passphrase));
        return new Wrapping("passphrase", Optional.of(kdf), key);
    }

    static boolean isLong(Secret passphrase) {
        return passphrase.reveal().codePointCount(0, passphrase.reveal().length()) >= SHORTEST_PASSPHRASE;
    }

    private KeyEncryptionKey fromCaller(KeyOrigin.Given given) {
        return secret(given.key())
                .flatMap(text -> KeyEncryptionKey.of(text.reveal()))
                .orElseThrow(
                        () -> malformed("the configured key-encryption key", "Make one with: openssl rand -base64 32"));
    }

    private KeyEncryptionKey fromFile(byte[] line) {
        return KeyEncryptionKey.of(new String(line, StandardCharsets.US_ASCII))
                .orElseThrow(() -> malformed(file.toString(), "Restore it from a backup"));
    }

    /** Whatever keeps the caller from its own secret is trouble with the key. */
    private Optional<Secret> secret(Supplier<Secret> given) {
        try {
            return Optional.of(given.get());
        } catch (VaultException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // an empty variable or file makes no Secret
        } catch (RuntimeException e) {
            throw new VaultException(Kind.KEY, file, String.valueOf(e.getMessage()), e);
        }
    }

    /** For a ring that the file keys/kek opened. */
    VaultException missing() {
        return new VaultException(
                Kind.KEY,
                file,
                file + " is missing, and without it no stored login can be opened. Restore it from a backup");
    }

    /** The words for a ring that was wrapped by a key of this kind, but not by this one. */
    String isAnother() {
        return switch (word()) {
            case "file" -> "keys/kek belongs to another vault. Restore the one that was made with this ring";
            case "passphrase" -> "the configured passphrase is another one than it was wrapped by. Configure that one";
            default -> "the configured key-encryption key is another one than it was wrapped by. Configure that one";
        };
    }

    private VaultException malformed(String what, String help) {
        return new VaultException(Kind.KEY, file, what + " is not 32 bytes in base64 or hexadecimal. " + help);
    }

    private VaultException tooShort() {
        return new VaultException(
                Kind.KEY,
                file,
                "the configured passphrase has less than " + SHORTEST_PASSPHRASE
                        + " characters. Whoever has the ring can try many in a second: take a longer one");
    }
}
