// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.Connector;
import dev.vigil.auth.DurableRefresher;
import dev.vigil.auth.Elsewhere;
import dev.vigil.auth.Grant;
import dev.vigil.auth.GrantKind;
import dev.vigil.auth.GrantReader;
import dev.vigil.auth.Grants;
import dev.vigil.auth.IssuerBook;
import dev.vigil.auth.MemoryVault;
import dev.vigil.auth.OAuthBinding;
import dev.vigil.auth.RefreshOutcome;
import dev.vigil.auth.RefreshPolicy;
import dev.vigil.auth.RefreshSettings;
import dev.vigil.auth.Secret;
import dev.vigil.auth.TaskLoop;
import dev.vigil.auth.TimeSource;
import dev.vigil.auth.TokenKeeper;
import dev.vigil.auth.TokenSet;
import dev.vigil.auth.TokenSource;
import dev.vigil.session.SessionBook;
import dev.vigil.snapshot.Ask;
import dev.vigil.snapshot.Owner;
import dev.vigil.snapshot.PassingLists;
import dev.vigil.snapshot.SnapshotBook;
import dev.vigil.snapshot.StandIn;
import dev.vigil.vault.Home;
import dev.vigil.vault.Randomness;
import dev.vigil.vault.Vault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;

/** A real proxy on a free port, over a vault in memory and a refresher that the test scripts. */
final class RunningProxy implements AutoCloseable {
    static final String KEY = "vgl_test-key";

    final TimeSource time = TimeSource.system();
    final MemoryVault vault = new MemoryVault(time);
    final AtomicInteger refreshes = new AtomicInteger();
    final BlockingQueue<ExchangeReport> reports = new LinkedBlockingQueue<>();
    final BlockingQueue<String> turnedAway = new LinkedBlockingQueue<>();
    /** Lists that were overheard. */
    final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

    final Connector connector;
    private final Pacing pacing;
    final LoginLinks links = new LoginLinks(time, Randomness::bytes);
    private volatile Facing facing = Facing.PLAIN;
    final SessionBook sessions = new SessionBook(time, () -> {});
    private final Path home = Files.createTempDirectory("vigil-proxy-test");
    final SnapshotBook snapshots = new SnapshotBook(
            Vault.open(Home.below(home.resolve("home")), Optional.empty()).snapshots());
    private final Recovery recovery = new Recovery();
    final Outbound outbound = Outbound.open(new OutboundSettings(Optional.empty(), Map.of()));
    private Optional<OAuthBinding> login = Optional.empty();
    final TokenKeeper keeper;
    final ProxyServer server;
    private final ExecutorService refreshIo = Executors.newFixedThreadPool(2);
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private volatile Function<Grant, RefreshOutcome> refresher =
            grant -> new RefreshOutcome.Refreshed(renewed(grant), Optional.empty());

    RunningProxy(URI upstream) throws IOException {
        this(Connector.oauth("notion", upstream));
    }

    RunningProxy(Connector connector) throws IOException {
        this(connector, new Pacing(Duration.ofSeconds(25), Duration.ofSeconds(25), Duration.ofMillis(600)));
    }

    RunningProxy(Connector connector, Pacing pacing) throws IOException {
        this.connector = connector;
        this.pacing = pacing;
        RefreshPolicy policy = new RefreshPolicy("test", name -> RefreshSettings.DEFAULT);
        keeper = new TokenKeeper(
                TaskLoop.named("token-keeper"),
                refreshIo,
                time,
                policy,
                new GrantReader(vault, policy, time, Elsewhere.NOWHERE),
                new DurableRefresher(
                        vault,
                        (grant, terms) -> {
                            refreshes.incrementAndGet();
                            return refresher.apply(grant);
                        },
                        policy,
                        IssuerBook.BLANK,
                        time),
                recovery,
                () -> 0.5);
        server = ProxyServer.start(new ProxySettings(0, true, List.of()), parts());
        recovery.tell(server);
        keeper.manage(List.of(connector)).toCompletableFuture().join();
    }

    private ProxyParts parts() {
        ProxyEvents events = new ProxyEvents() {
            @Override
            public void exchanged(ExchangeReport report) {
                reports.add(report);
            }

            @Override
            public void turnedAway(String why, String detail) {
                turnedAway.add(why + ": " + detail);
            }
        };
        return new ProxyParts(
                keeper,
                name -> name.equals(connector.name()) ? Optional.of(connector) : Optional.empty(),
                shown -> shown.equals(new Secret(KEY)) ? Optional.of("test-client") : Optional.empty(),
                visit -> CompletableFuture.completedFuture(
                        LocalPages.Page.json(200, "{\"path\":\"" + visit.path() + "\"}")),
                outbound,
                events,
                time,
                pacing,
                sessions,
                new StandIn(snapshots),
                new Overheard(),
                name -> facing,
                links);
    }

    /** Keeps the snapshots up to date, as the daemon does. */
    private final class Overheard implements PassingLists.Ear {
        @Override
        public void heard(Owner owner, Ask ask, byte[] body, boolean stream) {
            refreshIo.execute(() -> {
                PassingLists lists = new PassingLists(snapshots);
                boolean news = stream ? lists.heardEvents(owner, ask, body) : lists.heard(owner, ask, body);
                heard.add(ask.method() + (news ? " anew" : ""));
            });
        }

        @Override
        public void announced(String name) {
            heard.add(name + " announced");
        }
    }

    void refresher(Function<Grant, RefreshOutcome> next) {
        refresher = next;
    }

    RunningProxy facing(Facing next) {
        facing = next;
        return this;
    }

    /** Logs in: the first token is "token-1" and lives for that long. */
    RunningProxy loggedIn(Duration lifetime) {
        return loggedIn(lifetime, time.now().wall());
    }

    /** The same, some time ago. */
    RunningProxy loggedIn(Duration lifetime, Instant now) {
        return loggedIn(lifetime, now, 1);
    }

    /** A person has logged in once more, who knows as whom. */
    void loggedInAgain(long epoch) {
        loggedIn(Duration.ofHours(1), time.now().wall(), epoch);
    }

    /** The server tells who it was. */
    void loggedInAs(String account, long epoch) {
        OAuthBinding known =
                Grants.lasting(Duration.ofHours(1), time.now().wall()).oauth().orElseThrow();
        login = Optional.of(new OAuthBinding(
                known.issuer(),
                known.tokenEndpoint(),
                known.revocationEndpoint(),
                known.resource(),
                known.client(),
                Optional.of(account),
                known.scopes(),
                known.introspectionEndpoint()));
        loggedInAgain(epoch);
    }

    private RunningProxy loggedIn(Duration lifetime, Instant now, long epoch) {
        TokenSet tokens = new TokenSet(
                new Secret("token-1"),
                Optional.of(new Secret("refresh-1")),
                now,
                Optional.of(now.plus(lifetime)),
                Optional.empty(),
                TokenSource.LOGIN,
                1,
                Optional.empty());
        vault.appear(new Grant(connector.name(), connector.url(), epoch, now, login, tokens, Optional.empty()));
        keeper.reread().toCompletableFuture().join();
        return this;
    }

    Grant renewed(Grant grant) {
        long generation = grant.tokens().generation() + 1;
        Instant now = time.now().wall();
        return grant.withTokens(new TokenSet(
                new Secret("token-" + generation),
                grant.tokens().refreshToken(),
                now,
                Optional.of(now.plus(Duration.ofHours(1))),
                Optional.empty(),
                TokenSource.REFRESH,
                generation,
                Optional.empty()));
    }

    static Connector keyed(URI upstream) {
        return new Connector(
                "keyed",
                upstream,
                GrantKind.HEADER,
                Optional.of("X-Api-Key"),
                List.of(),
                Optional.empty(),
                RefreshSettings.DEFAULT);
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.port() + "/mcp/" + connector.name());
    }

    HttpRequest.Builder request() {
        return HttpRequest.newBuilder(url())
                .header("Authorization", "Bearer " + KEY)
                .header("Accept", "application/json, text/event-stream")
                .timeout(Duration.ofSeconds(30));
    }

    HttpResponse<String> post(String body) throws Exception {
        return http.send(
                request()
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler) throws Exception {
        return http.send(request, handler);
    }

    /** A tool call's body. */
    static String call(int id, String tool) {
        return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"tools/call\",\"params\":{\"name\":\"" + tool
                + "\",\"arguments\":{}}}";
    }

    static String message(int id, String method) {
        return "{\"method\":\"" + method + "\",\"params\":{\"x\":{\"id\":99}},\"jsonrpc\":\"2.0\",\"id\":" + id + "}";
    }

    ExchangeReport report() throws InterruptedException {
        ExchangeReport report = reports.poll(10, TimeUnit.SECONDS);
        if (report == null) {
            throw new AssertionError("no exchange was reported");
        }
        return report;
    }

    Socket socket() throws IOException {
        Socket socket = new Socket("127.0.0.1", server.port());
        socket.setSoTimeout(10_000);
        return socket;
    }

    @Override
    public void close() {
        server.close();
        keeper.close();
        refreshIo.shutdownNow();
        deleteAll(home);
    }

    private static void deleteAll(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(one);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
