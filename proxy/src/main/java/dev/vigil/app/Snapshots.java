// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.TaskLoop;
import dev.vigil.auth.TokenKeeper;
import dev.vigil.auth.VaultException;
import dev.vigil.proxy.SnapshotWire;
import dev.vigil.snapshot.Ask;
import dev.vigil.snapshot.Owner;
import dev.vigil.snapshot.PassingLists;
import dev.vigil.snapshot.SnapshotBook;
import dev.vigil.snapshot.SnapshotRounds;
import dev.vigil.snapshot.SnapshotTaker;
import java.util.List;

/** The daemon's snapshots: the book, and who keeps it up to date on {@code snapshots}. */
final class Snapshots implements PassingLists.Ear, AutoCloseable {
    private final SnapshotBook book;
    private final SnapshotWire wire;
    private final SnapshotRounds rounds;
    private final EventLog events;
    private final TaskLoop loop = TaskLoop.named("snapshots");
    /** Lists may pass faster than {@link #loop} takes them, which a server that hangs holds up. */
    private final Newest passing = new Newest(loop);

    /** Reads the book; blocks on the disk. */
    Snapshots(App.Parts parts, LiveConfig config, TokenKeeper keeper, EventLog events) {
        this.events = events;
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
                loop);
    }

    SnapshotBook book() {
        return book;
    }

    /** A server has said that one of its lists has changed. Any thread. */
    void changed(String connector) {
        rounds.changed(connector);
    }

    @Override
    public void announced(String connector) {
        rounds.changed(connector);
    }

    @Override
    public void heard(Owner owner, Ask ask, byte[] body, boolean stream) {
        passing.execute(List.of(owner, ask.method(), ask.revision()), () -> take(owner, ask, body, stream));
    }

    private void take(Owner owner, Ask ask, byte[] body, boolean stream) {
        PassingLists lists = new PassingLists(book);
        try {
            boolean news = stream ? lists.heardEvents(owner, ask, body) : lists.heard(owner, ask, body);
            if (news) {
                events.taken(owner.connector(), ask.method() + " as it passed");
            }
        } catch (VaultException e) {
            events.daemon("snapshots_unwritten", e.getMessage());
        }
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
