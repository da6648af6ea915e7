// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import com.nimbusds.oauth2.sdk.id.Identifier;
import com.nimbusds.oauth2.sdk.id.State;
import dev.vigil.auth.Connector;
import dev.vigil.auth.Deadline;
import dev.vigil.auth.Grant;
import dev.vigil.auth.Now;
import dev.vigil.oauth.LoginException.Kind;
import dev.vigil.oauth.LoginStatus.Done;
import dev.vigil.oauth.LoginStatus.Failed;
import dev.vigil.oauth.LoginStatus.Unknown;
import dev.vigil.oauth.LoginStatus.Waiting;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Logins that wait for a browser: one per connector, joinable, each finished at most once. For the daemon and the command
 * alike. Any thread but {@code proxy-io} may call; network and disk are waited for on the caller's thread.
 */
public final class Logins {
    /** How long a person may take; also the longest life of a {@code state} (MCP security best practices). */
    public static final Duration LIFE = Duration.ofMinutes(10);
    /** How long the outcome can be asked for afterwards. */
    private static final Duration MEMORY = Duration.ofMinutes(20);

    private final LoginSetup setup;
    private final Consumer<Grant> listener;
    /** Oldest first. Guarded by this. */
    private final List<Entry> entries = new ArrayList<>();
    /** One thread at a time begins a login of a connector; whoever comes second joins. Each step has a time limit. */
    private final Map<String, Object> beginning = new ConcurrentHashMap<>();

    /** @param listener hears of each new grant once it is saved, on the thread that finished the login */
    public Logins(LoginSetup setup, Consumer<Grant> listener) {
        this.setup = setup;
        this.listener = listener;
    }

    /**
     * Begins a login, or joins the one that waits already for the same connector and scopes.
     *
     * @param scopes as in {@link Login#begin}
     */
    public Waiting begin(Connector connector, Optional<List<String>> scopes) throws LoginException {
        synchronized (beginning.computeIfAbsent(connector.name(), name -> new Object())) {
            Optional<Entry> joined = pending(connector, scopes);
            if (joined.isPresent()) {
                return joined.get().waiting();
            }
            Login login = Login.begin(connector, scopes, setup);
            return add(connector, scopes, login).waiting();
        }
    }

    /** The login of a connector that waits for a browser, whatever its scopes and whoever began it. */
    public synchronized Optional<Waiting> waiting(String connector) {
        sweep();
        return entries.stream()
                .filter(entry -> !entry.isTaken && !entry.isExpired(setup.time().now()))
                .filter(entry -> entry.connector.name().equals(connector))
                .findFirst()
                .map(Entry::waiting);
    }

    /**
     * Finishes the login that this redirect belongs to.
     *
     * @param redirected the URL that the browser was sent to, whole or from the path on
     * @return {@link Done} or {@link Failed} once; {@link Unknown} for a state that is not, or no longer, ours
     */
    public LoginStatus redirected(URI redirected) {
        Redirect redirect = Redirect.parse(redirected);
        Optional<Entry> found = take(redirect);
        if (found.isEmpty()) {
            return new Unknown();
        }
        Entry entry = found.get();
        LoginStatus outcome = entry.isExpired(setup.time().now()) ? entry.expired() : finish(entry.login, redirected);
        settle(entry, outcome);
        return outcome;
    }

    /** Where a login stands, by the id that {@link #begin} gave out. */
    public synchronized LoginStatus status(String id) {
        sweep();
        return entries.stream()
                .filter(entry -> entry.id.equals(id))
                .findFirst()
                .map(entry -> entry.status(setup.time().now()))
                .orElseGet(Unknown::new);
    }

    private LoginStatus finish(Login login, URI redirected) {
        try {
            Grant grant = login.complete(redirected);
            listener.accept(grant);
            return new Done(LoginReport.of(grant, grant.oauth().orElseThrow()));
        } catch (LoginException e) {
            return new Failed(login.connector(), e.kind(), e.getMessage());
        }
    }

    private synchronized Optional<Entry> pending(Connector connector, Optional<List<String>> scopes) {
        sweep();
        return entries.stream()
                .filter(entry -> !entry.isTaken && !entry.isExpired(setup.time().now()))
                .filter(entry -> entry.connector.equals(connector) && entry.scopes.equals(scopes))
                .findFirst();
    }

    /** The newest login of a connector is the only one that counts. */
    private synchronized Entry add(Connector connector, Optional<List<String>> scopes, Login login) {
        entries.removeIf(entry -> !entry.isTaken && entry.connector.name().equals(connector.name()));
        Entry entry = new Entry(connector, scopes, login, setup.time().now());
        entries.add(entry);
        return entry;
    }

    private synchronized Optional<Entry> take(Redirect redirect) {
        sweep();
        Optional<Entry> found = entries.stream()
                .filter(entry -> !entry.isTaken && redirect.carries(entry.login.state()))
                .findFirst();
        found.ifPresent(entry -> entry.isTaken = true);
        return found;
    }

    private synchronized void settle(Entry entry, LoginStatus outcome) {
        entry.outcome = Optional.of(outcome);
    }

    private void sweep() {
        Now now = setup.time().now();
        entries.removeIf(entry -> entry.forgetAt.isDue(now));
    }

    /** What changes in it is guarded by the {@link Logins} that holds it. */
    private static final class Entry {
        private final String id = new State(Identifier.DEFAULT_BYTE_LENGTH).getValue();
        private final Connector connector;
        private final Optional<List<String>> scopes;
        private final Login login;
        private final Deadline expiresAt;
        private final Deadline forgetAt;
        private boolean isTaken;
        private Optional<LoginStatus> outcome = Optional.empty();

        private Entry(Connector connector, Optional<List<String>> scopes, Login login, Now now) {
            this.connector = connector;
            this.scopes = scopes;
            this.login = login;
            this.expiresAt = Deadline.in(LIFE, now);
            this.forgetAt = Deadline.in(MEMORY, now);
        }

        private boolean isExpired(Now now) {
            return expiresAt.isDue(now);
        }

        private Waiting waiting() {
            return new Waiting(id, connector.name(), login.authorizationUrl());
        }

        /** A login being finished right now still counts as waiting. */
        private LoginStatus status(Now now) {
            return outcome.orElseGet(() -> isExpired(now) && !isTaken ? expired() : waiting());
        }

        private Failed expired() {
            return new Failed(
                    connector.name(),
                    Kind.EXPIRED,
                    "nobody came back from the browser within " + LIFE.toMinutes() + " minutes. Run: vigil login "
                            + connector.name());
        }
    }
}
