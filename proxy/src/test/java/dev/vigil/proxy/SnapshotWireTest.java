// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.Connector;
import dev.vigil.auth.FailureCategory;
import dev.vigil.auth.RefreshOutcome;
import dev.vigil.auth.Secret;
import dev.vigil.demo.DemoMcpServer;
import dev.vigil.demo.FaultScript;
import dev.vigil.demo.TokenCheck;
import dev.vigil.snapshot.ListKind;
import dev.vigil.snapshot.Listing;
import dev.vigil.snapshot.Owner;
import dev.vigil.snapshot.Snapshot;
import dev.vigil.snapshot.SnapshotTaker;
import dev.vigil.snapshot.SnapshotTaker.Taken;
import dev.vigil.snapshot.Wire;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SnapshotWireTest {
    private final Queue<DemoMcpServer.SeenRequest> seen = new ConcurrentLinkedQueue<>();

    @Test
    void demoServerIsTakenInBothErasAndItsSessionsAreEnded() throws IOException {
        try (DemoMcpServer server = server("token-1");
                RunningProxy vigil = vigil(server)) {
            Taken taken = take(vigil);

            assertThat(taken.reasons()).isEmpty();
            assertThat(taken.snapshots()).extracting(Snapshot::revision).containsExactly("2026-07-28", "2025-11-25");
            assertThat(taken.snapshots())
                    .allSatisfy(snapshot -> assertThat(
                                    snapshot.list(ListKind.TOOLS).orElseThrow().items())
                            .startsWith("[{\"name\":\"echo\",")
                            .contains("\"whoami\"", "\"outputSchema\"", "\"length_of\""));
            assertThat(taken.snapshots().get(0).list(ListKind.TOOLS).flatMap(Listing::cacheScope))
                    .isEqualTo(Optional.of("private"));
            assertThat(taken.snapshots().get(1).spoken())
                    .containsExactlyInAnyOrder("2025-11-25", "2025-06-18", "2025-03-26");
            assertThat(seen)
                    .filteredOn(one -> one.httpMethod().equals("DELETE"))
                    .hasSize(3);
            assertThat(seen).allSatisfy(one -> assertThat(one.headers()).containsEntry("user-agent", "vigil"));
        }
    }

    @Test
    void refusedTokenIsRenewedAndTheRequestSentOnceMore() throws IOException {
        try (DemoMcpServer server = server("token-2");
                RunningProxy vigil = vigil(server)) {
            assertThat(take(vigil).snapshots()).hasSize(2);
            assertThat(vigil.refreshes).hasValue(1);
            assertThat(server.counts().refused()).isEqualTo(1);
        }
    }

    @Test
    void tokenThatCannotBeRenewedIsNotShownAgain() throws IOException {
        try (DemoMcpServer server = server("another");
                RunningProxy vigil = vigil(server)) {
            vigil.refresher(grant -> new RefreshOutcome.Unreachable(FailureCategory.NETWORK, "down", Optional.empty()));

            assertThat(take(vigil))
                    .isEqualTo(new Taken(
                            List.of(),
                            List.of("server/discover: the token was refused", "initialize: the token was refused")));
            assertThat(server.counts().refused()).isEqualTo(2);
        }
    }

    @Test
    void nothingIsSentForAnotherAccount() throws IOException {
        try (DemoMcpServer server = server("token-1");
                RunningProxy vigil = vigil(server)) {
            Owner other = Owner.of(vigil.connector, Optional.empty());

            assertThat(take(vigil, other).reasons())
                    .containsExactly(
                            "server/discover: there is no token of this login",
                            "initialize: there is no token of this login");
            assertThat(seen).isEmpty();
        }
    }

    @Test
    void streamThatStaysOpenAfterTheAnswerIsLeft() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream((request, out) -> {
                    String id = request.body().replaceAll(".*\"id\":\"(vigil-\\d+)\".*", "$1");
                    ScriptedUpstream.write(
                            out,
                            "HTTP/1.1 200 X\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
                    ScriptedUpstream.chunk(
                            out,
                            "data: {\"jsonrpc\":\"2.0\",\"id\":\"" + id
                                    + "\",\"result\":{\"supportedVersions\":[\"2026-07-28\"],\"capabilities\":{},"
                                    + "\"protocolVersion\":\"2025-11-25\"}}\n\n");
                });
                RunningProxy vigil = new RunningProxy(upstream.url()).loggedIn(Duration.ofHours(1))) {
            assertThat(take(vigil).snapshots()).hasSize(2);
        }
    }

    @Test
    void redirectWithinTheOriginIsFollowed() throws IOException {
        try (ScriptedUpstream upstream = new ScriptedUpstream((request, out) -> {
                    if (request.target().equals("/mcp")) {
                        ScriptedUpstream.json(out, 307, "{}", "Location: /moved");
                    } else {
                        ScriptedUpstream.json(out, 404, "{}");
                    }
                });
                RunningProxy vigil = new RunningProxy(upstream.url()).loggedIn(Duration.ofHours(1))) {
            assertThat(take(vigil).snapshots()).hasSize(2).allMatch(Snapshot::isRefusal);
            assertThat(upstream.seen).extracting(ScriptedUpstream.Seen::target).contains("/mcp", "/moved");
        }
    }

    @Test
    void tokenDoesNotFollowARedirectElsewhere() throws IOException {
        try (ScriptedUpstream elsewhere =
                        new ScriptedUpstream((request, out) -> ScriptedUpstream.json(out, 200, "{}"));
                ScriptedUpstream upstream = new ScriptedUpstream(
                        (request, out) -> ScriptedUpstream.json(out, 307, "{}", "Location: " + elsewhere.url()));
                RunningProxy vigil = new RunningProxy(upstream.url()).loggedIn(Duration.ofHours(1))) {
            assertThat(take(vigil).reasons()).containsExactly("server/discover: HTTP 307", "initialize: HTTP 307");
            assertThat(elsewhere.seen).isEmpty();
        }
    }

    @Test
    void serverThatCannotBeReachedIsAReason() throws IOException {
        URI nobody;
        try (ScriptedUpstream closed = new ScriptedUpstream((request, out) -> {})) {
            nobody = closed.url();
        }
        try (RunningProxy vigil = new RunningProxy(nobody).loggedIn(Duration.ofHours(1))) {
            assertThat(take(vigil).reasons())
                    .hasSize(2)
                    .allMatch(reason -> reason.startsWith("server/discover: ") || reason.startsWith("initialize: "));
        }
    }

    @Test
    void silenceEndsWithTheTimeThatIsLeft() throws IOException {
        CountDownLatch over = new CountDownLatch(1);
        try (ScriptedUpstream upstream = new ScriptedUpstream((request, out) -> awaitEnd(over));
                RunningProxy vigil = new RunningProxy(upstream.url()).loggedIn(Duration.ofHours(1));
                SnapshotWire wire = wire(vigil)) {
            Connector connector = vigil.connector;
            Owner owner =
                    Owner.of(connector, vigil.keeper.look(connector.name())).orElseThrow();
            Wire.Call call = new Wire.Call(connector, owner, "POST", Map.of(), "{}");

            assertThat(wire.send(call, new Deaf(), Duration.ofMillis(200))).hasValue("no answer within 1 s");
        } finally {
            over.countDown();
        }
    }

    private static void awaitEnd(CountDownLatch over) throws IOException {
        try {
            over.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static final class Deaf implements Wire.Ear {
        @Override
        public boolean head(int status, Function<String, Optional<String>> header) {
            throw new AssertionError("nothing was said");
        }

        @Override
        public boolean piece(byte[] bytes) {
            throw new AssertionError("nothing was said");
        }
    }

    private DemoMcpServer server(String goodToken) {
        TokenCheck check = (token, resource) -> token.equals(new Secret(goodToken))
                ? new TokenCheck.Verdict.Accepted("ann", 1, 1, "mcp")
                : new TokenCheck.Verdict.Refused("not this one");
        var protection = new DemoMcpServer.Protection("https://auth.example.com", List.of(), check);
        return DemoMcpServer.start(
                new DemoMcpServer.Settings(0, Optional.of(protection), new FaultScript<>(), seen::add));
    }

    private static RunningProxy vigil(DemoMcpServer server) throws IOException {
        return new RunningProxy(URI.create(server.url())).loggedIn(Duration.ofHours(1));
    }

    private static Taken take(RunningProxy vigil) {
        return take(
                vigil,
                Owner.of(vigil.connector, vigil.keeper.look(vigil.connector.name()))
                        .orElseThrow());
    }

    private static Taken take(RunningProxy vigil, Owner owner) {
        try (SnapshotWire wire = wire(vigil)) {
            return new SnapshotTaker(wire, vigil.time).take(vigil.connector, owner);
        }
    }

    private static SnapshotWire wire(RunningProxy vigil) {
        return new SnapshotWire(Outbound.open(new OutboundSettings(Optional.empty(), Map.of())), vigil.keeper);
    }
}
