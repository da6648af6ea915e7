// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.auth.VaultException;
import dev.vigil.sync.StoreException.Kind;
import dev.vigil.vault.FileGate;
import dev.vigil.vault.Randomness;
import dev.vigil.vault.SafeFiles;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
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
 * objects/NAME   one object; a slash in its name is written as a plus. "vigil-object 1 NONCE\n", then the content.
 *                NONCE, 32 hex digits, is new with every write and is the object's version. A higher number than 1 means
 *                a newer Vigil, and the object is refused
 * </pre>
 */
public final class FolderStore implements ProbedStore {
    private static final String MAGIC = "vigil-object ";
    private static final String VERSION = "1 ";
    private static final int NONCE_BYTES = 16;
    private static final int HEAD = MAGIC.length() + VERSION.length() + 2 * NONCE_BYTES + 1;

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
    public PutOutcome putIfAbsent(String key, byte[] content) {
        return put(key, content, Optional.empty());
    }

    @Override
    public PutOutcome putIf(String key, byte[] content, Version expected) {
        return put(key, content, Optional.of(expected));
    }

    private PutOutcome put(String key, byte[] content, Optional<Version> expected) {
        Path file = file(key);
        ObjectName.checkedContent(content);
        return locked("write", key, () -> {
            Optional<Version> standing = read(file, key).map(Stored::version);
            if (!standing.equals(expected)) {
                return new Lost(standing.isPresent() ? "another version stands there" : "nothing stands there");
            }
            String nonce = HexFormat.of().formatHex(Randomness.bytes(NONCE_BYTES));
            byte[] head = (MAGIC + VERSION + nonce + '\n').getBytes(StandardCharsets.US_ASCII);
            byte[] whole = Arrays.copyOf(head, head.length + content.length);
            System.arraycopy(content, 0, whole, head.length, content.length);
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
        return files.read(file, HEAD + LONGEST_OBJECT).map(whole -> stored(whole, key));
    }

    private Stored stored(byte[] whole, String key) {
        String head = new String(whole, 0, Math.min(HEAD, whole.length), StandardCharsets.US_ASCII);
        if (head.startsWith(MAGIC) && !head.startsWith(MAGIC + VERSION)) {
            throw failure(Kind.REFUSED, false, "read", key, "a newer Vigil wrote it. Update this one");
        }
        if (!head.matches(MAGIC + VERSION + "[0-9a-f]{32}\n")) {
            throw failure(Kind.REFUSED, false, "read", key, "it is damaged. Move the file away");
        }
        Version version = new Version(head.substring(HEAD - 1 - 2 * NONCE_BYTES, HEAD - 1));
        return new Stored(Arrays.copyOfRange(whole, HEAD, whole.length), version);
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
            throw new StoreException(kind(e.kind()), writes, message(verb, key, e.getMessage()), e);
        }
    }

    private static Kind kind(VaultException.Kind kind) {
        return switch (kind) {
            case BUSY -> Kind.TIMED_OUT;
            case UNSAFE, KEY -> Kind.FORBIDDEN;
            case UNREADABLE -> Kind.TOO_LARGE; // a file of SafeFiles is unreadable for its length only
            case TOO_NEW -> Kind.REFUSED;
            case IO -> Kind.SERVER_FAULT;
        };
    }

    private StoreException failure(Kind kind, boolean writes, String verb, String key, String why) {
        return new StoreException(kind, writes, message(verb, key, why));
    }

    private String message(String verb, String key, String why) {
        return this + ": cannot " + verb + " " + key + ": " + why;
    }
}
