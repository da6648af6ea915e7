// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import dev.vigil.auth.TokenVault;
import dev.vigil.auth.VaultException;
import dev.vigil.auth.VaultException.Kind;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A lock file that is held: by one thread of this process (a semaphore) and one process of this machine (a
 * {@link KernelLock}). A shared gate admits other processes that ask for a shared one, but no other thread of this process.
 * Not re-entrant: a thread that enters twice waits for itself until its patience ends. May be closed by any thread. An
 * interrupt does not end the wait, patience does: a shutdown must not cost a token that is being saved.
 */
public final class FileGate implements TokenVault.Claim {
    /** Kernel locks cannot be waited for with a time limit, so we ask again and again. */
    private static final Duration POLL = Duration.ofMillis(10);
    /**
     * Kernel locks belong to the process, and closing any channel of a file drops them all. So within a process only one
     * gate per file may be open at all, whichever vault object asks.
     */
    private static final Map<Path, Semaphore> IN_THIS_PROCESS = new ConcurrentHashMap<>();

    private final KernelLock lock;
    private final Semaphore mine;
    private final AtomicBoolean open = new AtomicBoolean(true);

    private FileGate(KernelLock lock, Semaphore mine) {
        this.lock = lock;
        this.mine = mine;
    }

    /** Enters alone. @throws VaultException BUSY after {@code patience} */
    public static FileGate exclusive(Path file, Duration patience) {
        return new Waiting(file, false, patience).enter();
    }

    /** Enters beside other processes that share. @throws VaultException BUSY after {@code patience} */
    static FileGate shared(Path file, Duration patience) {
        return new Waiting(file, true, patience).enter();
    }

    @Override
    public void close() {
        if (open.compareAndSet(true, false)) {
            lock.close();
            mine.release();
        }
    }

    /** One attempt to enter; lives on the calling thread. */
    private static final class Waiting {
        private final Path file;
        private final boolean shared;
        private final Duration patience;
        private final long deadline;
        /** Touched on the calling thread only. */
        private boolean interrupted = Thread.interrupted();

        Waiting(Path file, boolean shared, Duration patience) {
            this.file = file;
            this.shared = shared;
            this.patience = patience;
            this.deadline = System.nanoTime() + patience.toNanos();
        }

        FileGate enter() {
            try {
                Path real = SafeFiles.folderOf(file).toRealPath().resolve(file.getFileName());
                Semaphore mine = IN_THIS_PROCESS.computeIfAbsent(real, any -> new Semaphore(1, true));
                if (!isAcquired(mine)) {
                    throw busy("another thread of this process");
                }
                return entered(mine);
            } catch (IOException e) {
                throw new VaultException(Kind.IO, file, file + " cannot be locked: " + e.getMessage(), e);
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        private boolean isAcquired(Semaphore semaphore) {
            while (true) {
                try {
                    return semaphore.tryAcquire(Math.max(0, left()), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }

        private FileGate entered(Semaphore mine) throws IOException {
            boolean entered = false;
            try {
                FileGate gate = new FileGate(taken(), mine);
                entered = true;
                return gate;
            } finally {
                if (!entered) {
                    mine.release();
                }
            }
        }

        private KernelLock taken() throws IOException {
            while (true) {
                try {
                    KernelLock lock = KernelLock.open(file);
                    waitFor(lock);
                    return lock;
                } catch (ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted(); // it closed the channel; open another
                }
            }
        }

        private void waitFor(KernelLock lock) throws IOException {
            boolean taken = false;
            try {
                while (!lock.isTaken(shared)) {
                    if (left() <= 0) {
                        throw busy("another process (last known: "
                                + lock.lastHolder().orElse("none") + ")");
                    }
                    pause();
                }
                taken = true;
            } finally {
                if (!taken) {
                    lock.close();
                }
            }
        }

        private void pause() {
            try {
                Thread.sleep(POLL.toMillis());
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }

        private long left() {
            return deadline - System.nanoTime();
        }

        private VaultException busy(String holder) {
            return new VaultException(
                    Kind.BUSY,
                    file,
                    file + " is held by " + holder + ", for longer than " + patience.toMillis() + " ms. Try again");
        }
    }
}
