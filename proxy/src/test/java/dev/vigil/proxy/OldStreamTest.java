// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import static dev.vigil.proxy.RunningProxy.call;
import static dev.vigil.proxy.RunningProxy.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.auth.Connector;
import dev.vigil.auth.RefreshOutcome.Refreshed;
import dev.vigil.auth.RefreshOutcome.Rejected;
import dev.vigil.auth.Refusal;
import dev.vigil.snapshot.Owner;
import dev.vigil.snapshot.SnapshotTaker;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP+SSE of MCP 2024-11-05: one stream for all answers, and an address of ours to post to. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OldStreamTest {
    private final OldServer server = new OldServer();
    private final RunningProxy proxy =
            new RunningProxy(Connector.oauth("notion", server.url())).loggedIn(Duration.ofHours(1));

    OldStreamTest() throws IOException {
        // the server's port is needed by then
    }

    @AfterEach
    void close() throws IOException {
        proxy.close();
        server.close();
    }

    @Test
    void clientPostsToUsAndTheServerGetsItAtItsOwnAddressWithTheToken() throws Exception {
        try (OldClient client = OldClient.of(proxy)) {
            assertThat(client.endpoint).matches("/mcp/notion/post/[A-Za-z0-9_-]{22}");
            HttpResponse<String> taken = client.post(call(7, "search"));
            assertThat(taken.statusCode()).isEqualTo(202);
            assertThat(taken.body()).isEqualTo("Accepted");
            assertThat(client.next()).isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{\"content\":[]}}");
            assertThat(server.posts()).singleElement().satisfies(seen -> {
                assertThat(seen.target()).isEqualTo("/messages?sessionId=s1");
                assertThat(seen.header("authorization")).isEqualTo("Bearer token-1");
                assertThat(seen.body()).isEqualTo(call(7, "search"));
            });
        }
    }

    @Test
    void nothingElseOfTheStreamIsTouched() throws Exception {
        String before = ": hello\r\n\r\nretry: 5\n\n";
        String after = "id: 1\ndata: {\"a\":\r\ndata: 1}\r\n\r\n: ping\n\nevent: endpoints\ndata:x\n\n\n" + "data: "
                + "x".repeat(200_000) + "\n\nevent: message\rdata: {}\r\r";
        server.upstream.script((request, out) -> {
            ScriptedUpstream.write(
                    out, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
            ScriptedUpstream.chunk(out, before + "event: endpoint\ndata: /messages?x=1\n\n" + after);
            ScriptedUpstream.write(out, "0\r\n\r\n");
        });
        byte[] expected = (before + "event: endpoint\ndata: /mcp/notion/post/").getBytes(StandardCharsets.UTF_8);
        byte[] last = ("\n\n" + after).getBytes(StandardCharsets.UTF_8);
        try (InputStream stream = OldClient.open(proxy).body()) {
            byte[] heard = stream.readNBytes(expected.length + 22 + last.length);
            assertThat(heard).startsWith(expected).endsWith(last);
        }
    }

    @Test
    void keyInThePathStaysInTheAddress() throws Exception {
        String path = "/k/" + RunningProxy.KEY + "/mcp/notion";
        var stream = proxy.send(
                HttpRequest.newBuilder(proxy.url().resolve(path))
                        .header("Accept", "text/event-stream")
                        .build(),
                HttpResponse.BodyHandlers.ofLines());
        assertThat(stream.body().skip(1).findFirst().orElseThrow()).startsWith("data: " + path + "/post/");
    }

    @Test
    void anothersKeyAndAnEndedStreamLeadNowhere() throws Exception {
        OldClient client = OldClient.of(proxy);
        assertThat(client.post(call(7, "search"), "vgl_other").body()).contains("not connected to Vigil");
        client.close();
        int status;
        do { // until the end has been noticed
            status = client.post(message(1, "ping")).statusCode();
        } while (status == 202);
        assertThat(status).isEqualTo(404);
        assertThat(server.posts()).allMatch(seen -> seen.body().contains("\"ping\""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://elsewhere.example/messages",
                "//elsewhere.example/messages",
                "http://127.0.0.1:1/messages",
                "http://user@127.0.0.1/messages",
                "file:///messages",
                "http://[",
            })
    void addressOfAnotherOriginEndsTheStreamAndNothingIsPosted(String address) throws Exception {
        server.endpoint = "event: endpoint\ndata: " + address + "\n\n";
        String all;
        try (InputStream stream = OldClient.open(proxy).body()) {
            all = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
        assertThat(all)
                .startsWith("event: error\ndata: ")
                .contains("not of its origin")
                .doesNotContain("endpoint\n");
        assertThat(proxy.report().detail().orElseThrow()).contains("not_mcp").contains("not of its origin");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/messages?sessionId=%", "messages?sessionId=%", "ORIGIN/messages?sessionId=%"})
    void addressMayBeRelativeOrAbsolute(String address) throws Exception {
        String origin = server.url().resolve("/").toString();
        server.endpoint = "event: endpoint\ndata: "
                + address.replace("ORIGIN", origin.substring(0, origin.length() - 1)) + "\n\n";
        try (OldClient client = OldClient.of(proxy)) {
            assertThat(client.ask(message(3, "tools/list"))).contains("\"search\"");
        }
    }

    @Test
    void tokenThatIsRefusedAtThePostIsRenewedAndTheStreamStays() throws Exception {
        try (OldClient client = OldClient.of(proxy)) {
            server.refusing = true;
            proxy.refresher(grant -> {
                server.refusing = false;
                return new Refreshed(proxy.renewed(grant), Optional.empty());
            });
            assertThat(client.ask(call(7, "search"))).contains("\"id\":7").contains("\"content\":[]");
            assertThat(server.posts())
                    .extracting(seen -> seen.header("authorization"))
                    .containsExactly("Bearer token-1", "Bearer token-2");
        }
    }

    @RepeatedTest(3)
    void loginThatDiesWhileTheStreamIsOpenIsToldOnIt() throws Exception {
        try (OldClient client = connected()) {
            die();
            assertThat(client.ask(call(7, "search")))
                    .contains("\"id\":7")
                    .contains("\"isError\":true")
                    .contains("authorization expired for notion: skipped. The call to search was not sent.");
            assertThat(client.ask(message(8, "prompts/get")))
                    .contains("\"id\":8")
                    .contains("\"code\":1401");
            HttpResponse<String> told = client.post("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
            assertThat(told.statusCode()).isEqualTo(202);
            assertThat(client.ask("[" + message(10, "tools/list") + "," + call(11, "search") + "]"))
                    .contains("\"id\":10")
                    .contains("authorization_expired");
            assertThat(client.next()).contains("\"id\":11").contains("\"isError\":true");
            comeBack();
            assertThat(client.next()).contains("notifications/tools/list_changed");
            assertThat(client.ask(call(9, "search"))).contains("\"id\":9").contains("\"content\":[]");
            assertThat(server.streams).as("the stream is the same").containsOnlyKeys("s1");
        }
    }

    @Test
    void troubleOfTheServerIsToldOnTheStreamAndWithoutOneInTheAnswer() throws Exception {
        OldClient client = connected();
        server.failing = true;
        assertThat(client.ask(call(7, "search"))).contains("\"id\":7").contains("upstream_trouble");
        assertThat(client.ask(message(8, "tools/list"))).contains("\"id\":8").contains("upstream_trouble");
        HttpResponse<InputStream> refused = OldClient.open(proxy);
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(new String(refused.body().readAllBytes(), StandardCharsets.UTF_8))
                .contains("upstream_trouble");
        client.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {OldServer.END, OldServer.BREAK})
    void streamThatTheServerEndsGoesOnAndWhatHadNoAnswerIsLost(String how) throws Exception {
        try (OldClient client = connected()) {
            client.post("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
            client.ask(message(2, "tools/list"));
            server.failing = true;
            assertThat(client.ask(call(6, "search"))).contains("\"id\":6").contains("upstream_trouble");
            server.failing = false;
            server.mute = true;
            assertThat(client.post(call(7, "search")).statusCode()).isEqualTo(202);
            server.mute = false;
            server.say("s1", "event: message\ndata: {\"torn\":");
            server.say("s1", how);
            assertThat(client.next())
                    .contains("\"id\":7")
                    .contains("answer_lost")
                    .contains("\"sent\":\"unknown\"");
            assertThat(client.ask(call(9, "search"))).contains("\"id\":9").contains("\"content\":[]");
            List<ScriptedUpstream.Seen> anew = server.posts().stream()
                    .filter(seen -> seen.target().endsWith("=s2"))
                    .toList();
            assertThat(anew)
                    .extracting(seen -> seen.body().replaceAll(".*\"method\":\"([^\"]*)\".*", "$1"))
                    .containsExactly("initialize", "notifications/initialized", "tools/call");
            assertThat(anew.get(0).body()).isEqualTo(OldClient.INITIALIZE);
        }
    }

    @Test
    void streamOfAServerKnownForItIsHeldWhileTheLoginIsDeadAndJoinedAfterwards() throws Exception {
        connected().close();
        die();
        server.upstream.seen.clear();
        HttpResponse<String> newer = proxy.post(OldClient.INITIALIZE);
        assertThat(newer.statusCode()).as("clients try the older way then").isEqualTo(405);
        try (OldClient client = OldClient.of(proxy)) {
            assertThat(client.ask(OldClient.INITIALIZE))
                    .contains("\"id\":0")
                    .contains("\"listChanged\":true")
                    .contains("\"protocolVersion\":\"2024-11-05\"");
            client.post("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
            assertThat(client.ask(message(2, "tools/list"))).contains("\"authorization_expired\"");
            assertThat(client.ask(call(3, "search"))).contains("authorization expired for notion: skipped");
            assertThat(server.upstream.seen).isEmpty();
            comeBack();
            assertThat(client.next()).contains("notifications/tools/list_changed");
            assertThat(client.ask(call(4, "search"))).contains("\"id\":4").contains("\"content\":[]");
            assertThat(client.ask(message(5, "tools/list"))).contains("\"name\":\"search\"");
            assertThat(server.posts().get(0).body()).isEqualTo(OldClient.INITIALIZE);
        }
    }

    @Test
    void whatOneAccountHasBegunIsNotHandedToAnother() throws Exception {
        proxy.loggedInAs("ann", 2);
        OldClient open = connected();
        OldClient broken = connected();
        die();
        server.say("s2", OldServer.END);
        assertThat(broken.ask(call(3, "search"))).contains("authorization expired");
        server.refusing = false;
        server.upstream.seen.clear();
        proxy.loggedInAs("ben", 3);
        assertThat(open.post(call(4, "search")).statusCode()).isEqualTo(404);
        assertThatThrownBy(broken::next).hasMessage("the stream has ended");
        assertThat(server.posts()).isEmpty();
        open.close();
    }

    /** No client has been there: all that is known is what Vigil has taken itself. */
    @Test
    void snapshotOfSuchAServerTellsHowItIsSpokenToAndWhatItHas() throws Exception {
        takeSnapshot();
        die();
        assertThat(proxy.post(OldClient.INITIALIZE).statusCode()).isEqualTo(405);
        try (OldClient client = OldClient.of(proxy)) {
            assertThat(client.ask(OldClient.INITIALIZE))
                    .contains("\"old\"")
                    .contains("\"dev.vigil/snapshot\"")
                    .contains("\"protocolVersion\":\"2024-11-05\"");
            assertThat(client.ask(message(2, "tools/list")))
                    .contains("\"name\":\"search\"")
                    .contains("\"dev.vigil/snapshot\"");
            assertThat(client.ask(message(3, "ping"))).contains("\"id\":3").contains("\"result\"");
        }
    }

    @Test
    void streamOfAServerNotKnownForItIsHeldAsBefore() throws Exception {
        die();
        HttpResponse<InputStream> stream = OldClient.open(proxy);
        assertThat(stream.statusCode()).isEqualTo(200);
        assertThat(proxy.post(OldClient.INITIALIZE).statusCode()).isEqualTo(200);
        comeBack();
        byte[] first = stream.body().readNBytes("event: endpoint\n".length());
        assertThat(new String(first, StandardCharsets.UTF_8)).isEqualTo("event: endpoint\n");
        stream.body().close();
    }

    private OldClient connected() throws Exception {
        OldClient client = OldClient.of(proxy);
        assertThat(client.ask(OldClient.INITIALIZE)).contains("\"old\"");
        return client;
    }

    private void takeSnapshot() {
        try (SnapshotWire wire = new SnapshotWire(proxy.outbound, proxy.keeper)) {
            Owner owner = Owner.of(proxy.connector, proxy.keeper.look("notion")).orElseThrow();
            SnapshotTaker.Taken taken = new SnapshotTaker(wire, proxy.time).take(proxy.connector, owner);
            assertThat(taken.reasons()).isEmpty();
            proxy.snapshots.replace(owner, taken.snapshots());
        }
    }

    private void die() throws Exception {
        server.refusing = true;
        proxy.refresher(grant -> new Rejected(
                grant.refused(new Refusal("invalid_grant", proxy.time.now().wall())), "invalid_grant"));
        assertThat(proxy.post(call(1, "search")).body()).contains("authorization expired");
    }

    private void comeBack() {
        server.refusing = false;
        proxy.loggedInAgain(2);
    }
}
