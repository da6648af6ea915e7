// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.TaskLoop;
import dev.vigil.auth.TokenKeeper;
import dev.vigil.proxy.SnapshotWire;
import dev.vigil.snapshot.SnapshotBook;
import dev.vigil.snapshot.SnapshotRounds;
import dev.vigil.snapshot.SnapshotTaker;

/** The daemon's snapshots: the book, and who keeps it up to date on {@code snapshots}. */
final class Snapshots implements AutoCloseable {
    private final SnapshotBook book;
    private final SnapshotWire wire;
    private final SnapshotRounds rounds;

    /** Reads the book; blocks on the disk. */
    Snapshots(App.Parts parts, LiveConfig config, TokenKeeper keeper, EventLog events) {
        book = new SnapshotBook(parts.vault().snapshots());
        book.load().forEach(why -> events.daemon("snapshots_unread", why));
        wire = new SnapshotWire(parts.outbound(), keeper);
        rounds = new SnapshotRounds(
                book,
                new SnapshotTaker(wire, parts.time()),
                () -> config.get().connectors(),
                keeper::look,
                parts.time(),
                events,
                TaskLoop.named("snapshots"));
    }

    SnapshotBook book() {
        return book;
    }

    /** A server has said that one of its lists has changed. Any thread. */
    void changed(String connector) {
        rounds.changed(connector);
    }

    /** Begins to take what is due. */
    void start() {
        rounds.start();
    }

    @Override
    public void close() {
        rounds.close();
        wire.close();
    }
}
