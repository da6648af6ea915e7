// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * The steps by which files change: the places where a crash or a full disk can strike. None of them gives up because its
 * thread was interrupted, since a shutdown must not cost a token that is being saved.
 */
interface Disk {
    FileAttribute<Set<PosixFilePermission>> OURS_ALONE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    Set<OpenOption> APPENDING = Set.of(
            StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);

    /** Creates a file that only we may read, whatever the umask; its content has reached the disk on return. */
    void create(Path file, byte[] content) throws IOException;

    /** Like {@link #create}, but a power cut may lose or empty the file. */
    default void createLoosely(Path file, byte[] content) throws IOException {
        create(file, content);
    }

    /** Adds to a file, which is made for us alone when it is not there; begins a new line where the last has no end. */
    default void append(Path file, byte[] line) throws IOException {
        Uninterrupted.run(() -> {
            try (FileChannel channel = FileChannel.open(file, APPENDING, OURS_ALONE)) {
                ByteBuffer last = ByteBuffer.allocate(1);
                boolean cut = channel.size() > 0 && channel.read(last, channel.size() - 1) == 1 && last.get(0) != '\n';
                ByteBuffer whole = ByteBuffer.allocate(line.length + 1);
                whole.put(cut ? new byte[] {'\n'} : new byte[0]).put(line).flip();
                channel.position(channel.size());
                while (whole.hasRemaining()) {
                    channel.write(whole);
                }
                return file;
            }
        });
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
            Files.createFile(file, OURS_ALONE);
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
