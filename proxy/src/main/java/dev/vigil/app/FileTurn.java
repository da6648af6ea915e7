// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * A turn at something that one process at a time may do, held as a kernel lock on a file of its own: whoever dies gives it
 * back. The file stays, empty, so that nobody locks one that another has just removed.
 */
final class FileTurn implements AutoCloseable {
    private static final Duration NAP = Duration.ofMillis(20);

    private final FileChannel channel;

    private FileTurn(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Waits for a turn, on this thread.
     *
     * @return empty when somebody else has held it for all of {@code patience}
     */
    static Optional<FileTurn> take(Path file, Duration patience) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        long begun = System.nanoTime();
        while (!isLocked(channel)) {
            if (System.nanoTime() - begun >= patience.toNanos()) {
                channel.close();
                return Optional.empty();
            }
            LockSupport.parkNanos(NAP.toNanos());
        }
        return Optional.of(new FileTurn(channel));
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException heldInThisProcess) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close(); // which frees the lock
    }
}
