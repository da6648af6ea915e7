// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import dev.vigil.auth.Secret;
import dev.vigil.auth.TimeSource;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What MCP clients show us: one key per client, of which only the hash is kept, in the file {@code local-keys}. JSON:
 *
 * <pre>
 * version  1
 * keys     [{name, sha256, created}]: SHA-256 of the whole key in hexadecimal; a key has 256 random bits, so no salt
 * </pre>
 *
 * Unknown fields are kept. {@link #clientOf} may be called anywhere, also on an event loop; everything else blocks on the
 * disk and throws {@link dev.vigil.auth.VaultException}.
 */
public final class LocalKeys {
    private static final String PREFIX = "vgl_";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final JsonFile file;
    private final Path lock;
    private final TimeSource time;

    /** Replaced as a whole by whoever reads the file (guarded by this), read anywhere. */
    private volatile List<Known> known = List.of();
    /** What {@link #known} was read from. Guarded by this. */
    private Optional<String> stamp = Optional.empty();

    /** Reads the file. */
    LocalKeys(Path path, Path lock, SafeFiles files, TimeSource time) {
        this.file = new JsonFile(
                files,
                path,
                "Restore it from a backup, or remove it and connect each client again: vigil connect CLIENT");
        this.lock = lock;
        this.time = time;
        reload();
    }

    /**
     * A new key for a client, which ends the one that it had. It is shown this once and never stored.
     *
     * @throws IllegalArgumentException when {@code client} is not a name
     */
    public Secret mint(String client) {
        if (!NAME.matcher(client).matches()) {
            throw new IllegalArgumentException("client name '" + client
                    + "' must be 1 to 63 letters, digits, dots, - or _, beginning with a letter or digit");
        }
        String key = Randomness.word(PREFIX);
        change(keys -> {
            without(keys, client);
            keys.addObject()
                    .put("name", client)
                    .put("sha256", HexFormat.of().formatHex(Fingerprint.sha256(key)))
                    .put("created", time.now().wall().toString());
            return true;
        });
        return new Secret(key);
    }

    /** Ends a client's key; false when it has none. */
    public boolean revoke(String client) {
        return change(keys -> without(keys, client));
    }

    /** The clients that have a key, sorted. */
    public List<String> names() {
        return known.stream().map(Known::name).sorted().toList();
    }

    /**
     * Whose key is this? Any thread, no disk. Every key is compared, each in constant time: how long it takes tells how
     * many keys there are and nothing more.
     */
    public Optional<String> clientOf(Secret shown) {
        byte[] hash = Fingerprint.sha256(shown.reveal());
        Optional<String> found = Optional.empty();
        for (Known key : known) {
            if (MessageDigest.isEqual(key.sha256(), hash)) {
                found = Optional.of(key.name());
            }
        }
        return found;
    }

    /** Reads the file again if it has changed; whether it had. If it cannot be read, what was known stays. */
    public synchronized boolean reload() {
        Optional<String> now = FileFacts.of(file.path()).map(FileFacts::stamp);
        if (now.equals(stamp)) {
            return false;
        }
        known = file.read(
                        fields -> fields.objects("keys").stream().map(Known::of).toList())
                .orElse(List.of());
        stamp = now;
        return true;
    }

    private boolean change(Change change) {
        try (FileGate gate = FileGate.exclusive(lock, PATIENCE)) {
            ObjectNode all =
                    file.read(LocalKeys::checked).orElseGet(() -> Fields.empty().put("version", JsonFile.VERSION));
            boolean changed = change.in(all.withArray("keys"));
            if (changed) {
                file.write(all);
            }
            reload();
            return changed;
        }
    }

    private static ObjectNode checked(Fields fields) {
        fields.objects("keys").forEach(Known::of);
        return fields.node();
    }

    private static boolean without(ArrayNode keys, String client) {
        int before = keys.size();
        keys.removeIf(key -> key.path("name").asString("").equals(client));
        return keys.size() < before;
    }

    /** Changes the list; whether it did. */
    @FunctionalInterface
    private interface Change {
        boolean in(ArrayNode keys);
    }

    private record Known(String name, byte[] sha256) {
        static Known of(Fields fields) {
            return new Known(fields.text("name"), HexFormat.of().parseHex(fields.text("sha256")));
        }
    }
}
