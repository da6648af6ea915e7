// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * A turn at something that one process at a time may do, held as a kernel lock on a file of its own: whoever dies gives it
 * back. The file stays, empty, so that nobody locks one that another has just removed.
 */
final class FileTurn implements AutoCloseable {
    private static final Set<StandardOpenOption> OPEN = Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final Duration NAP = Duration.ofMillis(20);
    /**
     * What this process holds or waits for. A kernel lock belongs to the process, and closing any channel of the file drops it, so a
     * second one may not even be opened here.
     */
    private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    private FileTurn(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Waits for a turn, on this thread.
     *
     * @return empty when somebody else has held it for all of {@code patience}
     */
    static Optional<FileTurn> take(Path file, Duration patience) throws IOException {
        Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent(), "a lock file stands in a folder");
        Path real = folder.toRealPath().resolve(file.getFileName());
        long end = System.nanoTime() + patience.toNanos();
        while (!HELD_HERE.add(real)) {
            if (!mayNap(end)) {
                return Optional.empty();
            }
        }
        return locked(real, end);
    }

    /** Waits with the file open, so that whoever looks for what holds up a process finds it. */
    private static Optional<FileTurn> locked(Path file, long end) throws IOException {
        FileChannel channel = null;
        FileLock lock = null;
        try {
            channel = FileChannel.open(file, OPEN, OWNER_ONLY);
            do {
                lock = channel.tryLock();
            } while (lock == null && mayNap(end));
            return lock == null ? Optional.empty() : Optional.of(new FileTurn(file, channel));
        } finally {
            if (lock == null) {
                if (channel != null) {
                    channel.close();
                }
                HELD_HERE.remove(file);
            }
        }
    }

    /** False, at once, when patience has ended. */
    private static boolean mayNap(long end) {
        if (System.nanoTime() - end >= 0) {
            return false;
        }
        LockSupport.parkNanos(NAP.toNanos());
        return true;
    }

    /** Gives the turn back. Closing twice does no harm. */
    @Override
    public void close() throws IOException {
        if (channel.isOpen()) {
            channel.close(); // which frees the lock
            HELD_HERE.remove(file);
        }
    }
}
