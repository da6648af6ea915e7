// SPDX-License-Identifier: Apache-2.0
package dev.vigil.session;

import dev.vigil.auth.TimeSource;
import dev.vigil.vault.Randomness;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All clients' sessions. Ids are minted here, 128 random bits each, and say nothing; a session that nobody has used for a
 * week is forgotten, since most clients never end theirs. Safe for any thread; never blocks.
 */
public final class SessionBook {
    static final Duration LONGEST_IDLE = Duration.ofDays(7);
    /** Of one client of one connector; the one that was used longest ago goes. */
    static final int MOST = 200;
    /** An {@code initialize} that is longer is not kept, and its session not begun anew: the client has to do so. */
    public static final int LONGEST_HANDSHAKE = 64 * 1024;

    private static final int ID_BYTES = 16;

    private final TimeSource time;
    private final Runnable changed;
    private final Map<String, Session> sessions = new ConcurrentHashMap<>();

    /** @param changed told after each change that should survive a restart; quick, any thread */
    public SessionBook(TimeSource time, Runnable changed) {
        this.time = time;
        this.changed = changed;
    }

    /**
     * A new session, which the upstream does not know yet.
     *
     * @param handshake the client's {@code initialize}; empty where it cannot be sent again
     */
    public Session mint(SessionOwner owner, LoginKey login, String handshake) {
        Session session =
                new Session(newId(), owner, handshake, login, time.now().wall(), changed);
        makeRoom(owner);
        sessions.put(session.id(), session);
        changed.run();
        return session;
    }

    /** Nobody guesses it: 22 letters, digits, lines and underscores. */
    public static String newId() {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Randomness.bytes(ID_BYTES));
    }

    /** A client's session by the id that it shows; empty where it has none by this id, whoever else may. */
    public Optional<Session> find(String id, SessionOwner owner) {
        Optional<Session> found =
                Optional.ofNullable(sessions.get(id)).filter(one -> one.owner().equals(owner));
        found.ifPresent(one -> one.used(time.now().wall()));
        return found;
    }

    /** Is the session of no use with this login, because somebody else is logged in now? Then it is forgotten. */
    public boolean isOver(Session session, LoginKey login) {
        if (session.belongsTo(login)) {
            return false;
        }
        forget(session.id());
        return true;
    }

    public void forget(String id) {
        if (sessions.remove(id) != null) {
            changed.run();
        }
    }

    private void makeRoom(SessionOwner owner) {
        Instant oldest = time.now().wall().minus(LONGEST_IDLE);
        sessions.values().removeIf(one -> one.lastUsed().isBefore(oldest));
        if (count(owner) >= MOST) {
            sessions.values().stream()
                    .filter(one -> one.owner().equals(owner))
                    .min(Comparator.comparing(Session::lastUsed))
                    .ifPresent(one -> sessions.remove(one.id()));
        }
    }

    private long count(SessionOwner owner) {
        return sessions.values().stream()
                .filter(one -> one.owner().equals(owner))
                .count();
    }

    /** All of them, for the disk. */
    List<Kept> kept() {
        return sessions.values().stream().map(Session::kept).toList();
    }

    /** From the disk, at the start. */
    void restore(Kept kept) {
        boolean used = kept.lastUsed().isAfter(time.now().wall().minus(LONGEST_IDLE));
        if (used && !kept.owner().server().isEmpty()) {
            sessions.put(kept.id(), Session.of(kept, changed));
        }
    }
}
