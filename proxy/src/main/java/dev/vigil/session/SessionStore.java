// SPDX-License-Identifier: Apache-2.0
package dev.vigil.session;

import dev.vigil.auth.TaskLoop;
import dev.vigil.auth.TimeSource;
import dev.vigil.auth.VaultException;
import dev.vigil.vault.FileSessions;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/**
 * The book of sessions, and its way to the disk and back: clients keep theirs when the daemon is started anew. Written soon
 * after a change, on a thread of its own ({@code sessions}); a crash may cost what was changed within {@link #REST}.
 */
public final class SessionStore implements AutoCloseable {
    static final Duration REST = Duration.ofMillis(500);

    private final Optional<FileSessions> files;
    private final TaskLoop loop;
    private final Consumer<String> trouble;
    private final SessionBook book;
    private final AtomicBoolean due = new AtomicBoolean();
    /** What stands on the disk. Touched on the loop only. */
    private final Map<String, List<Kept>> written = new HashMap<>();
    /** Connectors whose sessions could not be read yet, and so must not be written over. Touched on the loop only. */
    private final Set<String> unread = new HashSet<>();
    /** Troubles that need no second word. Touched on the loop only. */
    private final Set<String> told = new HashSet<>();
    /** Do we know which connectors have sessions on the disk? Touched on the loop only. */
    private boolean listed;

    private SessionStore(Optional<FileSessions> files, TaskLoop loop, TimeSource time, Consumer<String> trouble) {
        this.files = files;
        this.loop = loop;
        this.trouble = trouble;
        this.book = new SessionBook(time, this::changed);
    }

    /**
     * Reads what is there; blocks for it.
     *
     * @param files empty where no session outlives the process
     * @param trouble told in words what cannot be read or written; clients begin new sessions then
     */
    public static SessionStore open(
            Optional<FileSessions> files, TaskLoop loop, TimeSource time, Consumer<String> trouble) {
        SessionStore store = new SessionStore(files, loop, time, trouble);
        files.ifPresent(
                kept -> CompletableFuture.runAsync(() -> store.read(kept), loop).join());
        return store;
    }

    public SessionBook book() {
        return book;
    }

    /** Reads what is not read yet: at the start all, and later what was out of reach then. */
    private void read(FileSessions files) {
        if (!listed) {
            attempt("read", () -> {
                unread.addAll(files.connectors());
                listed = true;
            });
        }
        List.copyOf(unread).forEach(connector -> attempt("read", () -> read(files, connector)));
    }

    private void read(FileSessions files, String connector) {
        Optional<ObjectNode> node = files.load(connector);
        unread.remove(connector);
        node.ifPresent(found -> {
            List<Kept> kept = SessionJson.read(found);
            written.put(connector, kept);
            kept.forEach(book::restore);
        });
    }

    private void changed() {
        if (due.compareAndSet(false, true)) {
            loop.schedule(REST, this::write);
        }
    }

    private void write() {
        due.set(false);
        files.ifPresent(this::write);
    }

    private void write(FileSessions files) {
        read(files);
        if (!listed) {
            return;
        }
        Map<String, List<Kept>> now = book.kept().stream()
                .collect(Collectors.groupingBy(kept -> kept.owner().connector()));
        Set<String> all = new HashSet<>(written.keySet());
        all.addAll(now.keySet());
        all.removeAll(unread);
        all.forEach(connector -> write(files, connector, now.getOrDefault(connector, List.of())));
    }

    private void write(FileSessions files, String connector, List<Kept> kept) {
        if (kept.isEmpty()) {
            attempt("removed", () -> {
                files.delete(connector);
                written.remove(connector);
            });
        } else if (!kept.equals(written.get(connector))) {
            attempt("written", () -> {
                files.save(connector, SessionJson.write(connector, kept));
                written.put(connector, kept);
            });
        }
    }

    /** What fails is tried again with the next change, and told once. */
    private void attempt(String what, Runnable access) {
        try {
            access.run();
        } catch (VaultException | IllegalArgumentException e) {
            String words =
                    "sessions of clients cannot be " + what + ", so they may have to begin new ones: " + e.getMessage();
            if (told.add(words)) {
                trouble.accept(words);
            }
        }
    }

    /** Writes what is not written yet. */
    @Override
    public void close() {
        CompletableFuture.runAsync(() -> write(), loop).join();
        loop.close();
    }
}
