// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import dev.vigil.auth.VaultException;
import dev.vigil.auth.VaultException.Kind;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A folder of sealed files {@code NAME.sealed}, all of one kind. A file that cannot be opened is never lost: a save over it
 * puts it aside as {@code NAME.sealed.aside-N} first, unless the folder's files can be had again. Any thread but
 * {@code proxy-io}.
 */
final class SealedFolder<T> {
    private static final String SUFFIX = ".sealed";
    private static final String ASIDE = ".aside-";
    private static final int LIMIT = 1 << 20;
    /** What a server shows can be had again, and there is more of it. */
    private static final int EXPENDABLE_LIMIT = 32 << 20;

    private final Path folder;
    private final TokenSealer<T> sealer;
    private final SealingKeys keys;
    private final SafeFiles files;
    private final int limit;
    private final boolean expendable;

    SealedFolder(Path folder, TokenSealer<T> sealer, SealingKeys keys, SafeFiles files) {
        this(folder, sealer, keys, files, LIMIT, false);
    }

    private SealedFolder(
            Path folder, TokenSealer<T> sealer, SealingKeys keys, SafeFiles files, int limit, boolean expendable) {
        this.folder = folder;
        this.sealer = sealer;
        this.keys = keys;
        this.files = files;
        this.limit = limit;
        this.expendable = expendable;
    }

    /** A folder whose files can be had again: one that cannot be opened stands in nobody's way, and is removed. */
    static <T> SealedFolder<T> ofExpendables(Path folder, TokenSealer<T> sealer, SealingKeys keys, SafeFiles files) {
        return new SealedFolder<>(folder, sealer, keys, files, EXPENDABLE_LIMIT, true);
    }

    /** Is there a sealed file in any of these folders? */
    static boolean isAnyIn(SafeFiles files, Path... folders) {
        return Arrays.stream(folders)
                .flatMap(folder -> files.list(folder).stream())
                .anyMatch(SealedFolder::isSealed);
    }

    static boolean isSealed(Path file) {
        return String.valueOf(file.getFileName()).endsWith(SUFFIX);
    }

    /** Of what the file is about. */
    static String name(Path sealed) {
        String file = String.valueOf(sealed.getFileName());
        return file.substring(0, file.length() - SUFFIX.length());
    }

    Path file(String name) {
        return folder.resolve(name + SUFFIX);
    }

    Optional<T> load(String name) {
        Optional<byte[]> sealed = read(name);
        if (sealed.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(unsealed(name, sealed.get()));
        } catch (VaultException e) {
            // Another process may have sealed it anew and retired the old key between our two looks.
            Optional<byte[]> now = read(name);
            if (now.isPresent() && Arrays.equals(now.get(), sealed.get())) {
                throw e;
            }
            return now.map(content -> unsealed(name, content));
        }
    }

    void save(String name, T value) {
        keys.sealing(ring -> files.replace(file(name), sealedOver(ring, name, value)));
    }

    /**
     * What was written of a file but not put in place, as far as it is whole. Call it while nobody else writes: then all of
     * it is the work of the dead.
     */
    List<T> unfinished(String name) {
        List<T> whole = new ArrayList<>();
        for (Path file : files.unfinished(file(name))) {
            try {
                files.read(file, limit)
                        .map(bytes -> sealer.unseal(keys.current(), name, bytes, file))
                        .ifPresent(whole::add);
            } catch (VaultException e) {
                if (e.kind() == Kind.IO) {
                    throw e;
                }
                // Half written, or nobody's work: what stands under the real name counts.
            }
        }
        return whole;
    }

    /** Removes what {@link #unfinished} found. */
    void sweep(String name) {
        files.unfinished(file(name)).forEach(files::forget);
    }

    /** Removes the file and what was put aside for it. */
    void delete(String name) {
        files.list(folder).stream()
                .filter(file -> String.valueOf(file.getFileName()).startsWith(name + SUFFIX + ASIDE))
                .forEach(files::delete);
        files.delete(file(name));
    }

    /** Names of all sealed files, readable or not, sorted. */
    List<String> names() {
        return files.list(folder).stream()
                .filter(SealedFolder::isSealed)
                .map(SealedFolder::name)
                .toList();
    }

    /** See {@link FileFacts#stamp}; empty when there is no file. */
    Optional<String> stamp(String name) {
        return FileFacts.of(file(name)).map(FileFacts::stamp);
    }

    /**
     * Puts a file under the primary key. Call it while nobody else seals.
     *
     * @return whether there was anything to do
     */
    boolean reseal(Ring ring, String name) {
        try {
            Optional<byte[]> resealed = read(name).flatMap(bytes -> sealer.resealed(ring, name, bytes, file(name)));
            resealed.ifPresent(content -> files.replace(file(name), content));
            return resealed.isPresent();
        } catch (VaultException e) {
            if (!expendable || e.kind() == Kind.IO) {
                throw e;
            }
            files.delete(file(name));
            return false;
        }
    }

    /** The key that a file needs; empty when there is no file or it does not tell. */
    Optional<Long> keyId(String name) {
        try {
            return read(name).map(bytes -> sealer.keyId(bytes, name, file(name)));
        } catch (VaultException e) {
            if (e.kind() == Kind.UNREADABLE || e.kind() == Kind.TOO_NEW) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private byte[] sealedOver(Ring ring, String name, T value) {
        Optional<byte[]> before = expendable ? Optional.empty() : read(name);
        if (before.isEmpty()) {
            return sealer.seal(ring, name, value);
        }
        try {
            return sealer.sealOver(ring, name, value, before.get(), file(name));
        } catch (VaultException e) {
            files.replace(aside(name), before.get());
            return sealer.seal(ring, name, value);
        }
    }

    private Path aside(String name) {
        int number = 1;
        while (Files.exists(folder.resolve(name + SUFFIX + ASIDE + number), LinkOption.NOFOLLOW_LINKS)) {
            number++;
        }
        return folder.resolve(name + SUFFIX + ASIDE + number);
    }

    private T unsealed(String name, byte[] sealed) {
        return sealer.unseal(keys.current(), name, sealed, file(name));
    }

    private Optional<byte[]> read(String name) {
        return files.read(file(name), limit);
    }
}
