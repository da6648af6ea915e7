// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import dev.vigil.auth.Secret;
import dev.vigil.auth.TimeSource;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Files that end with the test, for those who read and write thousands of times. They outlive a simulated crash as real
 * ones outlive a crash: each is the old one or the new one.
 */
public final class MemoryFiles extends SafeFiles {
    private static final String KEY = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    private final Map<Path, byte[]> contents = new ConcurrentHashMap<>();

    public MemoryFiles() {
        super(Disk.local(), FileFacts.ownUid());
    }

    /**
     * What seals for all machines that have one key-encryption key, with a ring that is made already.
     *
     * @param folder for the ring's lock, which is a real one
     */
    public static SharedSeal seal(Path folder) {
        Home home = Home.below(folder);
        home.prepare();
        Vault vault = new Vault(home, Optional.of(() -> new Secret(KEY)), new MemoryFiles(), TimeSource.system());
        SharedSeal seal = vault.sharedSeal();
        seal.ring().keep(seal.ring().first());
        return seal;
    }

    @Override
    public void replace(Path file, byte[] content) {
        contents.put(file, content.clone());
    }

    @Override
    public Optional<byte[]> read(Path file, int limit) {
        return Optional.ofNullable(contents.get(file));
    }

    @Override
    public void delete(Path file) {
        contents.remove(file);
    }
}
