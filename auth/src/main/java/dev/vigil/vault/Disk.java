// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The steps by which files change: the places where a crash or a full disk can strike. None of them gives up because its
 * thread was interrupted, since a shutdown must not cost a token that is being saved.
 */
interface Disk {
    /** Creates a file that only we may read, whatever the umask; its content has reached the disk on return. */
    void create(Path file, byte[] content) throws IOException;

    /** Like {@link #create}, but a power cut may lose or empty the file. */
    default void createLoosely(Path file, byte[] content) throws IOException {
        create(file, content);
    }

    /** Renames; who looks sees the old file or the new one and nothing between. */
    void move(Path from, Path to) throws IOException;

    /** Nothing happens when there is none. */
    void delete(Path file) throws IOException;

    /** Makes the names in a folder durable: without it a rename or a removal may not survive a power cut. */
    void syncFolder(Path folder) throws IOException;

    /** The machine's own file system. */
    static Disk local() {
        return new Local();
    }

    /** See {@link #local()}. */
    final class Local implements Disk {
        private Local() {}

        @Override
        public void create(Path file, byte[] content) throws IOException {
            write(file, content, true);
        }

        @Override
        public void createLoosely(Path file, byte[] content) throws IOException {
            write(file, content, false);
        }

        /** A plain stream, not a channel: an interrupt closes a channel in the middle of a write. */
        private static void write(Path file, byte[] content, boolean durably) throws IOException {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            try (FileOutputStream out = new FileOutputStream(file.toFile())) {
                out.write(content);
                if (durably) {
                    out.getFD().sync();
                }
            }
        }

        @Override
        public void move(Path from, Path to) throws IOException {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }

        @Override
        public void delete(Path file) throws IOException {
            Files.deleteIfExists(file);
        }

        @Override
        public void syncFolder(Path folder) throws IOException {
            Uninterrupted.run(() -> {
                try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                    channel.force(true);
                    return folder;
                }
            });
        }
    }
}
