// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.AuthEvents;
import dev.vigil.auth.Connector;
import dev.vigil.auth.Elsewhere;
import dev.vigil.auth.FailureCategory;
import dev.vigil.auth.GrantReader;
import dev.vigil.auth.RefreshOutcome.Unreachable;
import dev.vigil.auth.RefreshPolicy;
import dev.vigil.auth.TaskLoop;
import dev.vigil.auth.TokenKeeper;
import dev.vigil.oauth.LoginCallback;
import dev.vigil.oauth.LoginException;
import dev.vigil.oauth.LoginStatus;
import dev.vigil.oauth.Logins;
import dev.vigil.proxy.Facing;
import dev.vigil.proxy.LocalPages;
import dev.vigil.proxy.LoginLinks;
import dev.vigil.proxy.Pacing;
import dev.vigil.proxy.ProxyEvents;
import dev.vigil.proxy.ProxyParts;
import dev.vigil.proxy.ProxyServer;
import dev.vigil.session.SessionBook;
import dev.vigil.snapshot.SnapshotBook;
import dev.vigil.snapshot.StandIn;
import dev.vigil.vault.Randomness;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A login without a daemon: this process listens at the callback's port for as long as the login takes, and serves nothing
 * else there.
 */
final class OwnDesk implements LoginDesk, LocalPages {
    private final Workplace workplace;
    private final ProxyServer server;
    private final TokenKeeper idle;
    private final Logins logins;

    private OwnDesk(Workplace workplace) throws IOException {
        this.workplace = workplace;
        Config config = workplace.config();
        RefreshPolicy policy = workplace.policy(config);
        this.idle = idleKeeper(policy);
        CompletableFuture<LocalPages> pages = new CompletableFuture<>();
        this.server = ProxyServer.start(
                config.listen(),
                new ProxyParts(
                        idle,
                        name -> Optional.empty(),
                        key -> Optional.empty(),
                        visit -> pages.thenCompose(ready -> ready.answer(visit)),
                        workplace.outbound(),
                        new ProxyEvents() {},
                        workplace.shell().time(),
                        Pacing.STANDARD,
                        new SessionBook(workplace.shell().time(), () -> {}),
                        new StandIn(new SnapshotBook(workplace.vaults().snapshots())),
                        (owner, ask, body, events) -> {},
                        name -> Facing.PLAIN,
                        new LoginLinks(workplace.shell().time(), Randomness::bytes)));
        this.logins = new Logins(workplace.loginSetup(policy, server.port()), grant -> {});
        pages.complete(this);
    }

    /** @throws Failure when the port cannot be had */
    static OwnDesk open(Workplace workplace) {
        try {
            return new OwnDesk(workplace);
        } catch (IOException e) {
            throw PortTaken.failure(
                    workplace.config().listen().port(), workplace.home().config(), e);
        }
    }

    @Override
    public LoginStatus.Waiting begin(Connector connector, Optional<List<String>> scopes) throws LoginException {
        Config.Entry entry = workplace.config().entry(connector.name()).orElseThrow();
        return logins.begin(new SecretReader(workplace.shell().environment()).resolved(entry), scopes);
    }

    @Override
    public LoginStatus status(String id) {
        return logins.status(id);
    }

    @Override
    public LoginStatus redirected(URI pasted) {
        return logins.redirected(pasted);
    }

    @Override
    public CompletionStage<Page> answer(Visit visit) {
        if (!visit.path().equals("/oauth/callback") || !visit.method().equals("GET")) {
            return CompletableFuture.completedFuture(
                    Page.json(404, "{\"error\":\"not_found\",\"message\":\"Only a login is under way here.\"}"));
        }
        return CompletableFuture.supplyAsync(() -> {
            LoginCallback.Page page = LoginCallback.page(logins.redirected(URI.create(visit.target())));
            return Page.html(page.status(), page.html());
        });
    }

    /** The browser must have its page before the port closes. */
    @Override
    public void close() {
        server.drain(App.DRAIN);
        server.close();
        idle.close();
    }

    /** The proxy wants a keeper; this one manages nothing, so it never refreshes. */
    private TokenKeeper idleKeeper(RefreshPolicy policy) {
        return new TokenKeeper(
                TaskLoop.named("token-keeper"),
                Runnable::run,
                workplace.shell().time(),
                policy,
                new GrantReader(workplace.vault(), policy, workplace.shell().time(), Elsewhere.NOWHERE),
                (held, terms) ->
                        new Unreachable(FailureCategory.STORAGE, "no connector is managed here", Optional.empty()),
                new AuthEvents() {},
                () -> 0);
    }
}
