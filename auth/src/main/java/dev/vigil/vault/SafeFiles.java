// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import dev.vigil.auth.VaultException;
import dev.vigil.auth.VaultException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The one way a file is replaced: a temporary file in the same folder with mode 0600, write, fsync, rename, fsync of the
 * folder. A crash at any instant leaves the old file or the new one. Any thread may call; every method may block on the
 * disk and throws {@link VaultException}: UNSAFE for links, foreign owners and files that others may write, IO for what
 * the disk refuses.
 */
public class SafeFiles {
    private final Disk disk;
    private final int ownUid;

    SafeFiles(Disk disk, int ownUid) {
        this.disk = disk;
        this.ownUid = ownUid;
    }

    /** On this machine's disk, as the user we run as. */
    public static SafeFiles onDisk() {
        return new SafeFiles(Disk.local(), FileFacts.ownUid());
    }

    /**
     * Replaces or creates a file, durably. On failure the old file stands and nothing is left behind; only if the folder
     * cannot be synced the new one stands already, and the message says so.
     */
    public void replace(Path file, byte[] content) {
        put(file, content, disk::create);
        try {
            disk.syncFolder(folderOf(file));
        } catch (IOException e) {
            throw new VaultException(
                    Kind.IO, file, file + " was replaced, but may not survive a power cut: " + reason(e), e);
        }
    }

    /** Replaces or creates a file at once for every reader, but without fsync: a power cut may lose or empty it. */
    void replaceLoosely(Path file, byte[] content) {
        put(file, content, disk::createLoosely);
    }

    private void put(Path file, byte[] content, Creation creation) {
        FileFacts.of(file).ifPresent(facts -> facts.checkedFile(ownUid, 0));
        Path temporary = TempFile.beside(file);
        try {
            creation.create(temporary, content);
            disk.move(temporary, file);
        } catch (IOException e) {
            forget(temporary);
            throw failed("written", file, content.length, e);
        }
    }

    @FunctionalInterface
    private interface Creation {
        void create(Path file, byte[] content) throws IOException;
    }

    /** Adds to the end of a file, or creates it; not synced. What was cut short before ends its line first. */
    void append(Path file, byte[] line) {
        FileFacts.of(file).ifPresent(facts -> facts.checkedFile(ownUid, 0));
        try {
            disk.append(file, line);
        } catch (IOException e) {
            throw failed("written", file, line.length, e);
        }
    }

    /** Renames a file at once for every reader, over the one of that name; not synced. */
    void move(Path from, Path to) {
        try {
            disk.move(from, to);
        } catch (IOException e) {
            throw failed("moved", from, 0, e);
        }
    }

    /** Removes a file, durably. Nothing happens when there is none. */
    public void delete(Path file) {
        try {
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                disk.delete(file);
                disk.syncFolder(folderOf(file));
            }
        } catch (IOException e) {
            throw failed("removed", file, 0, e);
        }
    }

    /**
     * The whole content; empty when there is no file.
     *
     * @param limit bytes; a longer file is refused, not cut
     */
    public Optional<byte[]> read(Path file, int limit) {
        Optional<FileFacts> facts = FileFacts.of(file);
        if (facts.isEmpty()) {
            return Optional.empty();
        }
        facts.get().checkedFile(ownUid, FileFacts.OTHERS_WRITE);
        try {
            byte[] content = Uninterrupted.run(() -> {
                try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
                    return in.readNBytes(limit + 1);
                }
            });
            if (content.length > limit) {
                throw new VaultException(
                        Kind.UNREADABLE, file, file + " is longer than " + limit + " bytes. Move it away");
            }
            return Optional.of(content);
        } catch (NoSuchFileException e) {
            return Optional.empty(); // removed since we looked
        } catch (IOException e) {
            throw failed("read", file, 0, e);
        }
    }

    /** Everything in a folder but what is half written, sorted; empty when there is no folder. */
    public List<Path> list(Path folder) {
        return found(folder, file -> !TempFile.isOne(file));
    }

    private static List<Path> found(Path folder, Predicate<Path> wanted) {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(wanted).sorted().toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw failed("listed", folder, 0, e);
        }
    }

    /** When a file was last replaced; the beginning of time when there is none. */
    public Instant modifiedAt(Path file) {
        return FileFacts.of(file).map(FileFacts::modifiedAt).orElse(Instant.EPOCH);
    }

    /** Makes sure of a folder that nobody else may enter. */
    public void preparePrivateFolder(Path folder) {
        prepareFolder(folder, FileFacts.OTHERS);
    }

    /** Makes sure of a folder: created with mode 0700 whatever the umask, or found safe. */
    void prepareFolder(Path folder, int forbidden) {
        try {
            if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectories(
                        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
                disk.syncFolder(folderOf(folder));
            }
        } catch (IOException e) {
            throw failed("created", folder, 0, e);
        }
        FileFacts.of(folder).orElseThrow().checkedFolder(ownUid, forbidden);
    }

    /** Refuses a file that others may touch. Nothing happens when there is none. */
    void check(Path file, int forbidden) {
        FileFacts.of(file).ifPresent(facts -> facts.checkedFile(ownUid, forbidden));
    }

    /** Removes what crashed writers left in a folder; never a real file, never the work of a living process. */
    public void sweep(Path folder) {
        sweep(folder, any -> false);
    }

    /** What is half written of a file, or written and not put in place, by whomever. */
    List<Path> unfinished(Path file) {
        return found(
                folderOf(file),
                one -> TempFile.isOne(one) && TempFile.target(one).equals(file));
    }

    /** @param spared tells by the file that one was to become whether somebody needs it yet */
    void sweep(Path folder, Predicate<Path> spared) {
        found(folder, one -> TempFile.isAbandoned(one) && !spared.test(TempFile.target(one)))
                .forEach(this::forget);
    }

    /** Removes a file that nobody would miss, and that nobody would mind. */
    void forget(Path file) {
        try {
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                disk.delete(file);
            }
        } catch (IOException e) {
            // Temporary files are swept at the next start; what matters now is what went wrong before.
        }
    }

    private static VaultException failed(String verb, Path file, int needed, IOException e) {
        String why = isDiskFull(file, needed, e) ? "disk full. Free some space" : reason(e);
        return new VaultException(Kind.IO, file, file + " cannot be " + verb + ": " + why, e);
    }

    /** The system's own words come in the user's language, so free space is looked at too. */
    private static boolean isDiskFull(Path file, int needed, IOException e) {
        if (String.valueOf(e.getMessage()).contains("No space left on device")) {
            return true;
        }
        try {
            return needed > Files.getFileStore(folderOf(file)).getUsableSpace();
        } catch (IOException unknown) {
            return false;
        }
    }

    /** Without the path, which the message begins with already. */
    private static String reason(IOException e) {
        if (e instanceof FileSystemException detailed && detailed.getReason() != null) {
            return detailed.getReason();
        }
        String kind = e.getClass().getSimpleName().replace("Exception", "");
        return e instanceof FileSystemException ? kind : kind + ": " + e.getMessage();
    }

    /** The folder that a file is in. */
    public static Path folderOf(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IllegalArgumentException(file + " is not a file");
        }
        return folder;
    }
}
