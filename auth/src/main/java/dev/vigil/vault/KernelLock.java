// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * A lock file and the kernel's lock on it, which ends with its process. The file holds the process id of the last exclusive
 * holder, for messages only. It is never deleted: whoever waits on a deleted file would hold another lock than who comes
 * after.
 */
final class KernelLock {
    private static final Set<OpenOption> OPTIONS = Set.of(
            StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);

    private final FileChannel channel;

    private KernelLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Opens the file, and makes it if need be; takes no lock yet. */
    static KernelLock open(Path file) throws IOException {
        return new KernelLock(FileChannel.open(
                file, OPTIONS, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))));
    }

    /** Takes the lock unless somebody else has it. */
    boolean isTaken(boolean shared) throws IOException {
        try {
            if (channel.tryLock(0, Long.MAX_VALUE, shared) == null) {
                return false;
            }
        } catch (OverlappingFileLockException e) {
            return false; // another class loader of this process: a stranger to us
        }
        if (!shared) {
            sign();
        }
        return true;
    }

    /** The last exclusive holder's process id, where it is known. */
    Optional<String> lastHolder() throws IOException {
        ByteBuffer read = ByteBuffer.allocate(20);
        int length = channel.read(read, 0);
        return Optional.of(new String(read.array(), 0, Math.max(0, length), StandardCharsets.US_ASCII))
                .filter(pid -> !pid.isBlank());
    }

    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // The descriptor is gone either way, and the lock with it (close(2)).
        }
    }

    private void sign() throws IOException {
        String pid = String.valueOf(ProcessHandle.current().pid());
        try {
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)));
        } catch (ClosedByInterruptException e) {
            throw e; // the lock went with the channel
        } catch (IOException e) {
            // A full disk must not keep anybody from claiming; only a message gets poorer.
        }
    }
}
