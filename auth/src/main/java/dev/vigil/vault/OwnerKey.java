// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import dev.vigil.auth.Secret;
import dev.vigil.auth.VaultException;
import dev.vigil.auth.VaultException.Kind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the command line shows the daemon, so that only the owner of the files is obeyed. In {@code owner.key}, one line:
 * {@code vigil-owner-key 1 KEY}, where 1 is the version and KEY is {@code vgo_} and 32 random bytes in base64url. What
 * stands behind the key on the line is ignored and kept. Made at first use. Immutable.
 */
public final class OwnerKey {
    private static final Pattern LINE = Pattern.compile("vigil-owner-key ([0-9]{1,6}) (\\S+)( .*)?\n?");
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int LIMIT = 1024;

    private final Secret key;

    private OwnerKey(Secret key) {
        this.key = key;
    }

    /** Reads the key, or makes it. Blocks on the disk. */
    static OwnerKey open(Path file, Path lock, SafeFiles files) {
        Optional<OwnerKey> found = read(file, files);
        if (found.isPresent()) {
            return found.get();
        }
        try (FileGate gate = FileGate.exclusive(lock, PATIENCE)) {
            return read(file, files).orElseGet(() -> mint(file, files)); // somebody may have been faster
        }
    }

    /** The key itself, to be shown to the daemon. */
    public Secret secret() {
        return key;
    }

    /** Constant time; any thread, no disk. */
    public boolean matches(Secret shown) {
        return key.equals(shown);
    }

    private static OwnerKey mint(Path file, SafeFiles files) {
        String text = Randomness.word("vgo_");
        files.replace(file, ("vigil-owner-key 1 " + text + "\n").getBytes(StandardCharsets.US_ASCII));
        return new OwnerKey(new Secret(text));
    }

    private static Optional<OwnerKey> read(Path file, SafeFiles files) {
        return files.read(file, LIMIT).map(content -> {
            Matcher line = LINE.matcher(new String(content, StandardCharsets.UTF_8));
            if (!line.matches() || line.group(1).equals("0")) {
                throw new VaultException(
                        Kind.UNREADABLE, file, file + " is damaged. Stop the daemon and remove it: a new one is made");
            }
            int version = Integer.parseInt(line.group(1));
            if (version > JsonFile.VERSION) {
                throw JsonFile.tooNew(file, version);
            }
            return new OwnerKey(new Secret(line.group(2)));
        });
    }
}
