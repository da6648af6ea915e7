// SPDX-License-Identifier: Apache-2.0
package dev.vigil.session;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * A client's session: the id that we gave it, the one that the upstream gave us, and what it takes to begin the upstream's
 * anew without the client. Safe for any thread; quick.
 */
public final class Session {
    /** More resources than this are not subscribed to again. */
    private static final int MOST_SUBSCRIPTIONS = 1_000;
    /** Characters of a request; a longer one is not sent again. */
    static final int LONGEST_WISH = 4096;
    /** How much of its use a crash may cost. */
    static final Duration GRAIN = Duration.ofHours(1);

    private final String id;
    private final SessionOwner owner;
    private final String handshake;
    private final Runnable changed;

    private LoginKey login;
    private Optional<String> upstreamId;
    private boolean begun;
    private Optional<String> protocolVersion = Optional.empty();
    private Optional<String> logLevel = Optional.empty();
    private final Map<String, String> subscriptions = new LinkedHashMap<>();
    private Instant lastUsed;
    private Instant keptUse;
    private Optional<CompletableFuture<Void>> beginning = Optional.empty();

    Session(String id, SessionOwner owner, String handshake, LoginKey login, Instant now, Runnable changed) {
        this.id = id;
        this.owner = owner;
        this.handshake = handshake;
        this.login = login;
        this.upstreamId = Optional.empty();
        this.lastUsed = now;
        this.keptUse = now;
        this.changed = changed;
    }

    /** One that lasts no longer than its client's stream (MCP 2024-11-05), and is in no book. */
    public static Session ofAStream(SessionOwner owner, LoginKey login, String handshake) {
        return new Session("", owner, handshake, login, Instant.EPOCH, () -> {});
    }

    /** As the client knows it. */
    public String id() {
        return id;
    }

    public SessionOwner owner() {
        return owner;
    }

    /** The upstream has a session for this login, with this id, or none at all. */
    public synchronized void begun(LoginKey with, Optional<String> upstream) {
        if (!begun || !upstream.equals(upstreamId) || !with.equals(login)) {
            login = with;
            upstreamId = upstream;
            begun = true;
            changed.run();
        }
    }

    /** The upstream does not know it any more. Says nothing of one that was begun meanwhile. */
    public synchronized void lost(Optional<String> upstream) {
        if (upstreamId.equals(upstream) && begun) {
            begun = false;
            upstreamId = Optional.empty();
            changed.run();
        }
    }

    /** Does the upstream know it, and this login with it? Else it has to be begun there first. */
    public synchronized boolean isBegun(LoginKey with) {
        return begun && login.isSameLogin(with);
    }

    public synchronized boolean belongsTo(LoginKey other) {
        return !login.isAnotherAccount(other);
    }

    public synchronized Optional<String> upstreamId() {
        return upstreamId;
    }

    /**
     * Somebody is about to begin it anew. Empty: it is for the caller to do, and {@link #settled} must follow. Else what
     * to wait for.
     */
    public synchronized Optional<CompletableFuture<Void>> beginning() {
        if (beginning.isPresent()) {
            return beginning;
        }
        beginning = Optional.of(new CompletableFuture<>());
        return Optional.empty();
    }

    /** Whoever was to begin it has done so, or has failed. */
    public void settled() {
        Optional<CompletableFuture<Void>> waited;
        synchronized (this) {
            waited = beginning;
            beginning = Optional.empty();
        }
        waited.ifPresent(one -> one.complete(null));
    }

    /** What the client sends in {@code MCP-Protocol-Version}. */
    public synchronized void speaks(String version) {
        protocolVersion = Optional.of(version);
    }

    public synchronized Optional<String> protocolVersion() {
        return protocolVersion;
    }

    /** The client has set a log level, with this request. */
    public synchronized void logLevel(String request) {
        if (request.length() <= LONGEST_WISH) {
            logLevel = Optional.of(request);
            changed.run();
        }
    }

    public synchronized void subscribed(String uri, String request) {
        if (subscriptions.size() < MOST_SUBSCRIPTIONS && request.length() <= LONGEST_WISH) {
            subscriptions.put(uri, request);
            changed.run();
        }
    }

    public synchronized void unsubscribed(String uri) {
        if (subscriptions.remove(uri) != null) {
            changed.run();
        }
    }

    /** The client's own {@code initialize}, whole; empty where it was too long to be kept. */
    public String handshake() {
        return handshake;
    }

    /** What the client has asked for since, in order: requests to be sent again once the session is begun anew. */
    public synchronized List<String> wishes() {
        return Stream.concat(logLevel.stream(), subscriptions.values().stream()).toList();
    }

    synchronized void used(Instant now) {
        lastUsed = now;
        if (now.isAfter(keptUse.plus(GRAIN))) {
            keptUse = now;
            changed.run();
        }
    }

    synchronized Instant lastUsed() {
        return lastUsed;
    }

    /** All of it, at one moment, for the disk. */
    synchronized Kept kept() {
        return new Kept(
                id,
                owner,
                handshake,
                login,
                begun ? upstreamId : Optional.empty(),
                begun,
                protocolVersion,
                logLevel,
                new LinkedHashMap<>(subscriptions),
                lastUsed);
    }

    static Session of(Kept kept, Runnable changed) {
        Session session =
                new Session(kept.id(), kept.owner(), kept.handshake(), kept.login(), kept.lastUsed(), changed);
        session.upstreamId = kept.upstreamId();
        session.begun = kept.begun();
        session.protocolVersion = kept.protocolVersion();
        session.logLevel = kept.logLevel();
        session.subscriptions.putAll(kept.subscriptions());
        return session;
    }
}
