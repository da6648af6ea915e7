// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.auth.VaultException;
import dev.vigil.sync.StoreException.Kind;
import dev.vigil.vault.FileGate;
import dev.vigil.vault.Randomness;
import dev.vigil.vault.SafeFiles;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A folder that serves as a bucket for the processes of one machine. One kernel lock makes each write a compare-and-swap;
 * a write is on the disk when it returns. Readers need no lock, since files are replaced whole.
 *
 * <pre>
 * lock           the kernel lock
 * objects/NAME   one object, see {@link FolderObject}; a slash in its name is written as a plus
 * </pre>
 */
public final class FolderStore implements ProbedStore {
    private final Path objects;
    private final Path lock;
    private final Duration patience;
    private final SafeFiles files = SafeFiles.onDisk();

    private FolderStore(Path root, Duration patience) {
        this.objects = root.resolve("objects");
        this.lock = root.resolve("lock");
        this.patience = patience;
    }

    /**
     * Opens or creates one.
     *
     * @param address {@code file:///PATH}
     * @param patience how long a write may wait for other writers
     * @throws StoreException REFUSED for a folder that other machines can see, FORBIDDEN for one that other users can
     * @throws IllegalArgumentException for any other address
     */
    public static FolderStore at(URI address, Duration patience) {
        if (!"file".equals(address.getScheme()) || address.getPath() == null || address.getAuthority() != null) {
            throw new IllegalArgumentException("'" + address + "' is not file:///PATH");
        }
        FolderStore store = new FolderStore(LocalFolder.checked(Path.of(address.getPath())), patience);
        store.onDisk("open", "", false, () -> {
            store.files.preparePrivateFolder(SafeFiles.folderOf(store.objects));
            store.files.preparePrivateFolder(store.objects);
            store.files.sweep(store.objects);
            return store;
        });
        return store;
    }

    @Override
    public Optional<Stored> get(String key) {
        Path file = file(key);
        return onDisk("read", key, false, () -> read(file, key));
    }

    @Override
    public Fetched getIfChanged(String key, Version known) {
        return get(key).<Fetched>map(stored -> stored.version().equals(known) ? new Unchanged() : stored)
                .orElseGet(Absent::new);
    }

    @Override
    public List<Entry> list(String prefix) {
        String begin = ObjectName.checkedPrefix(prefix).replace('/', '+');
        return onDisk(
                "list",
                prefix,
                false,
                () -> files.list(objects).stream()
                        .map(file -> String.valueOf(file.getFileName()))
                        .filter(name -> name.startsWith(begin))
                        .map(name -> name.replace('+', '/'))
                        .flatMap(key -> entry(key).stream())
                        .sorted(Comparator.comparing(Entry::key))
                        .toList());
    }

    /** Empty when it was removed since the folder was listed. */
    private Optional<Entry> entry(String key) {
        return read(file(key), key)
                .map(stored -> new Entry(key, stored.version(), stored.content().length, files.modifiedAt(file(key))));
    }

    @Override
    public PutOutcome put(String key, byte[] content, Optional<Version> over) {
        Path file = file(key);
        ObjectName.checkedContent(content);
        return locked("write", key, () -> {
            Optional<Version> standing = read(file, key).map(Stored::version);
            if (!standing.equals(over)) {
                return new Lost(standing.isPresent() ? "another version stands there" : "nothing stands there");
            }
            String nonce = HexFormat.of().formatHex(Randomness.bytes(FolderObject.NONCE_BYTES));
            byte[] whole = FolderObject.written(nonce, content);
            onDisk("write", key, true, () -> {
                files.replace(file, whole);
                return nonce;
            });
            return new Written(new Version(nonce));
        });
    }

    @Override
    public void delete(String key) {
        Path file = file(key);
        locked("delete", key, () -> {
            files.delete(file);
            return key;
        });
    }

    @Override
    public Versioning versioning() {
        return Versioning.OFF;
    }

    /** Other users are kept out by its mode, which is checked when it is opened. */
    @Override
    public Openness openness(String key) {
        return Openness.CLOSED;
    }

    @Override
    public FolderStore speaking(EtagStyle style) {
        return this;
    }

    @Override
    public void close() {
        // Nothing is held between calls.
    }

    @Override
    public String toString() {
        return "file://" + SafeFiles.folderOf(objects);
    }

    private Path file(String key) {
        return objects.resolve(ObjectName.checked(key).replace('/', '+'));
    }

    private Optional<Stored> read(Path file, String key) {
        return files.read(file, FolderObject.HEAD + LONGEST_OBJECT).map(whole -> form(whole, key));
    }

    private Stored form(byte[] whole, String key) {
        try {
            return FolderObject.parsed(whole);
        } catch (IllegalArgumentException e) {
            throw new StoreException(Kind.REFUSED, false, message("read", key, String.valueOf(e.getMessage())), e);
        }
    }

    private <T> T locked(String verb, String key, Supplier<T> work) {
        return onDisk(verb, key, false, () -> {
            try (FileGate mine = FileGate.exclusive(lock, patience)) {
                return work.get();
            }
        });
    }

    /** @param writes may the file have been replaced when the disk complains? */
    private <T> T onDisk(String verb, String key, boolean writes, Supplier<T> work) {
        try {
            return work.get();
        } catch (VaultException e) {
            throw StoreException.onDisk(writes, message(verb, key, e.getMessage()), e);
        }
    }

    private String message(String verb, String key, String why) {
        return this + ": cannot " + (key.isEmpty() ? verb + " it" : verb + " " + key) + ": " + why;
    }
}
