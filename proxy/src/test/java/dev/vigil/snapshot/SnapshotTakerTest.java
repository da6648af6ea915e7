// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

import static dev.vigil.snapshot.FakeServer.error;
import static dev.vigil.snapshot.FakeServer.events;
import static dev.vigil.snapshot.FakeServer.json;
import static dev.vigil.snapshot.FakeServer.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.Timeline;
import dev.vigil.snapshot.Greeting.Refused;
import dev.vigil.snapshot.SnapshotTaker.Taken;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SnapshotTakerTest {
    private static final Owner ANN = Owners.of(Owners.loginOf("ann", 1, Owners.LOGIN));

    private final Timeline time = new Timeline();
    private final FakeServer server = new FakeServer();

    @Test
    void bothErasAreTakenWithTheirListsVerbatim() {
        String tool = "{'name':'search','x-odd':[1.50,1E+400,12345678901234567890123],'inputSchema':{'type':'object'}}";
        server.on("tools/list", (request, id) -> result(id, "{'tools':[" + tool + "]}"));
        Taken taken = take();

        assertThat(taken.reasons()).isEmpty();
        assertThat(taken.snapshots()).extracting(Snapshot::revision).containsExactly("2026-07-28", "2025-11-25");
        assertThat(taken.snapshots())
                .allSatisfy(snapshot -> assertThat(snapshot.lists())
                        .containsOnlyKeys(ListKind.TOOLS)
                        .extractingByKey(ListKind.TOOLS)
                        .returns("[" + tool.replace('\'', '"') + "]", Listing::items))
                .allSatisfy(snapshot -> assertThat(snapshot)
                        .returns(ANN, Snapshot::owner)
                        .returns(time.now().wall(), Snapshot::takenAt));
    }

    @Test
    void modernRequestsSayInHeadersAndMetaWhatTheyAre() {
        take();

        Wire.Call discover = server.calls.get(0);
        assertThat(discover.headers())
                .containsEntry("MCP-Protocol-Version", "2026-07-28")
                .containsEntry("Mcp-Method", "server/discover")
                .containsEntry("Accept", "application/json, text/event-stream");
        assertThat(Json.kept(discover.body())
                        .at("/params/_meta/io.modelcontextprotocol~1protocolVersion")
                        .asString())
                .isEqualTo("2026-07-28");
        assertThat(Json.kept(discover.body())
                        .at("/params/_meta/io.modelcontextprotocol~1clientCapabilities")
                        .isObject())
                .isTrue();
    }

    @Test
    void sessionIsUsedAndEnded() {
        server.on("initialize", (request, id) -> {
            FakeServer.Said said = result(id, FakeServer.INITIALIZED);
            return new FakeServer.Said(200, said.type(), said.body(), Optional.of("s-1"));
        });
        take();

        assertThat(server.calls.stream().skip(2).limit(4))
                .extracting(FakeServer::method)
                .containsExactly("initialize", "notifications/initialized", "tools/list", "DELETE");
        assertThat(server.calls.subList(3, 6))
                .extracting(Wire.Call::headers)
                .allSatisfy(headers -> assertThat(headers)
                        .containsEntry("Mcp-Session-Id", "s-1")
                        .containsEntry("MCP-Protocol-Version", "2025-11-25"));
    }

    @Test
    void olderRevisionsAreKnownToBeSpokenOnlyWhereTheServerAnswersWithThem() {
        server.on("initialize", (request, id) -> {
            String asked = request.at("/params/protocolVersion").asString("");
            return result(
                    id,
                    FakeServer.INITIALIZED.replace("2025-11-25", asked.equals("2025-03-26") ? "2025-11-25" : asked));
        });

        assertThat(take().snapshots().get(1).spoken()).isEqualTo(Set.of("2025-11-25", "2025-06-18"));
    }

    @Test
    void allPagesBecomeOneList() {
        server.on("tools/list", (request, id) -> {
            int page = Integer.parseInt(request.at("/params/cursor").asString("0"));
            String next = page < 4 ? ",'nextCursor':'" + (page + 1) + "'" : "";
            String scope = page == 2 ? ",'cacheScope':'private'" : ",'cacheScope':'public'";
            return result(id, "{'tools':[{'name':'t" + page + "'}]" + scope + next + "}");
        });

        assertThat(take().snapshots().get(0).list(ListKind.TOOLS).orElseThrow())
                .isEqualTo(new Listing(
                        "[{'name':'t0'},{'name':'t1'},{'name':'t2'},{'name':'t3'},{'name':'t4'}]".replace('\'', '"'),
                        Optional.of("private")));
    }

    @Test
    void answerIsPickedOutOfTheEvents() {
        server.on(
                "tools/list",
                (request, id) -> events(": hello\r\n\r\nid: 1\ndata:\n\n"
                        + "event: message\ndata: {'jsonrpc':'2.0','method':'notifications/progress','params':{}}\n\n"
                        + "data: {'jsonrpc':'2.0','id':'other','result':{'tools':[{'name':'wrong'}]}}\n\n"
                        + "data: {'jsonrpc':'2.0','id':'" + id
                        + "',\r\ndata: 'result':{'tools':[{'name':'right'}]}}\r\n\r\n"
                        + "data: {'jsonrpc':'2.0','id':'" + id + "','result':{'tools':[{'name':'late'}]}}\n\n"));

        assertThat(take().snapshots().get(0).list(ListKind.TOOLS).orElseThrow().items())
                .isEqualTo("[{\"name\":\"right\"}]");
    }

    @ParameterizedTest
    @CsvSource({"200, -32601", "200, -32600", "400, -32022", "400, -32000", "404, -32601", "405, 0"})
    void refusalOfTheModernEraIsKept(int status, int code) {
        server.on("server/discover", (request, id) -> error(status, code));
        Snapshot modern = take().snapshots().get(0);

        assertThat(modern).returns("2026-07-28", Snapshot::revision).returns(true, Snapshot::isRefusal);
        assertThat(((Refused) modern.greeting()).status()).isEqualTo(status);
        assertThat(((Refused) modern.greeting()).error().orElseThrow()).contains("\"code\":" + code);
    }

    @ParameterizedTest
    @CsvSource({"200, -32603", "401, 0", "403, 0", "429, 0", "500, -32603", "503, 0"})
    void troubleIsNoRefusal(int status, int code) {
        server.on("server/discover", (request, id) -> error(status, code));
        Taken taken = take();

        assertThat(taken.snapshots()).extracting(Snapshot::revision).containsExactly("2025-11-25");
        assertThat(taken.reasons()).containsExactly("server/discover: HTTP " + status + ", error " + code);
    }

    @Test
    void serverOfTheOldTransportOnlyIsTakenOverItsStream() {
        speakOldOnly();
        server.on(
                "old initialize",
                (request, id) -> result(
                        id,
                        FakeServer.INITIALIZED.replace(
                                "2025-11-25",
                                request.at("/params/protocolVersion").asString().equals("2024-11-05")
                                        ? "2024-11-05"
                                        : "2025-06-18")));
        server.on("old tools/list", (request, id) -> result(id, "{'tools':[{'name':'old-search'}]}"));
        Taken taken = take();

        assertThat(taken.reasons()).isEmpty();
        assertThat(taken.snapshots()).extracting(Snapshot::revision).containsExactly("2026-07-28", "2025-06-18");
        assertThat(taken.snapshots().get(1))
                .returns(true, Snapshot::isOld)
                .returns(Set.of("2025-06-18", "2024-11-05"), Snapshot::spoken);
        assertThat(taken.snapshots().get(1).list(ListKind.TOOLS).orElseThrow().items())
                .isEqualTo("[{\"name\":\"old-search\"}]");
        assertThat(SnapshotJson.read(SnapshotJson.write(taken.snapshots().get(1))))
                .isEqualTo(taken.snapshots().get(1));
        assertThat(server.calls.stream().filter(call -> call.at().isPresent()))
                .extracting(call -> call.at().orElseThrow().toString())
                .containsOnly("https://mcp.example.com/messages?s=1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://elsewhere.example/messages", "http://mcp.example.com/messages", "http://["})
    void addressOfAnotherOriginIsNotPostedTo(String address) {
        speakOldOnly();
        server.address = address;

        assertThat(take().snapshots()).allMatch(Snapshot::isRefusal).hasSize(2);
        assertThat(server.calls).noneMatch(call -> call.at().isPresent());
    }

    private void speakOldOnly() {
        server.hasOldStream = true;
        for (String method : List.of("server/discover", "initialize")) {
            server.on(method, (request, id) -> new FakeServer.Said(404, "text/html", "Cannot POST", Optional.empty()));
        }
    }

    @Test
    void listThatTheServerDoesNotHaveAfterAllIsAbsent() {
        String all = FakeServer.DISCOVERED.replace("'tools':{}", "'tools':{},'prompts':{},'resources':{}");
        server.on("server/discover", (request, id) -> result(id, all));
        server.on("resources/list", (request, id) -> result(id, "{'resources':[{'uri':'a:b','name':'b'}]}"));

        assertThat(take().snapshots().get(0).lists()).containsOnlyKeys(ListKind.TOOLS, ListKind.RESOURCES);
    }

    static Stream<Arguments> hostile() {
        String deep = "[".repeat(200) + "]".repeat(200);
        return Map.of(
                        "{'tools':{}}",
                        "tools/list: the result is not a list of tools",
                        "{}",
                        "tools/list: the result is not a list of tools",
                        "{'tools':[{'name':7}]}",
                        "tools/list: the result is not a list of tools",
                        "{'tools':['a']}",
                        "tools/list: the result is not a list of tools",
                        "{'tools':[],'nextCursor':7}",
                        "tools/list: nextCursor is not a string",
                        "{'tools':[],'nextCursor':'same'}",
                        "tools/list: its pages lead in a circle",
                        "[]",
                        "tools/list: HTTP 200, no JSON-RPC result",
                        "{'tools':[{'name':'a','x':" + deep + "}]}",
                        "tools/list: HTTP 200, no JSON-RPC result",
                        "{'tools':",
                        "tools/list: HTTP 200, no JSON-RPC result")
                .entrySet()
                .stream()
                .map(one -> Arguments.of(one.getKey(), one.getValue()));
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void whatDoesNotFitIsNotTaken(String result, String reason) {
        server.on("tools/list", (request, id) -> result(id, result));

        assertThat(take()).isEqualTo(new Taken(List.of(), List.of(reason, reason)));
    }

    @Test
    void pagesWithoutEndAreGivenUp() {
        int[] page = {0};
        server.on("tools/list", (request, id) -> result(id, "{'tools':[],'nextCursor':'" + ++page[0] + "'}"));
        Taken taken = take();

        assertThat(taken.reasons())
                .containsExactly("its lists have more than 1000 pages", "its lists have more than 1000 pages");
        assertThat(page[0]).isEqualTo(2000);
    }

    @Test
    void moreThanEightMebibytesInAllIsGivenUp() {
        String big = "x".repeat(3 << 20);
        int[] page = {0};
        server.on(
                "tools/list",
                (request, id) -> result(id, "{'tools':[{'name':'" + big + "'}],'nextCursor':'" + ++page[0] + "'}"));

        assertThat(take().reasons()).contains("its answers are longer than 8 MiB");
        assertThat(page[0]).isLessThanOrEqualTo(4);
    }

    @Test
    void listOfALotOfSmallThingsIsNotTaken() {
        String many = "{},".repeat(300_000);
        server.on("tools/list", (request, id) -> result(id, "{'tools':[{'name':'a','x':[" + many + "{}]}]}"));

        assertThat(take().reasons()).containsOnly("tools/list: HTTP 200, no JSON-RPC result");
    }

    @Test
    void eachEraHasItsOwnTime() {
        server.on("server/discover", (request, id) -> {
            time.advance(Duration.ofSeconds(16));
            return result(id, FakeServer.DISCOVERED);
        });
        Taken taken = take();

        assertThat(taken.reasons()).containsExactly("it took longer than 15 s");
        assertThat(taken.snapshots()).extracting(Snapshot::revision).containsExactly("2025-11-25");
    }

    @Test
    void pagesThatDribbleInAreGivenUp() {
        server.on("tools/list", (request, id) -> {
            time.advance(Duration.ofSeconds(6));
            return result(id, "{'tools':[],'nextCursor':'" + time.now().monotonic() + "'}");
        });

        assertThat(take().reasons()).containsExactly("it took longer than 15 s", "it took longer than 15 s");
    }

    @ParameterizedTest
    @CsvSource({"2026-07-28", "../../etc/passwd", "7", "''"})
    void handshakeWithARevisionThatIsNoneIsNotTaken(String revision) {
        server.on("initialize", (request, id) -> result(id, FakeServer.INITIALIZED.replace("2025-11-25", revision)));

        assertThat(take().reasons()).containsExactly("initialize: the result has no protocolVersion of this era");
    }

    @Test
    void discoveryOfOtherRevisionsIsNotTaken() {
        server.on(
                "server/discover",
                (request, id) -> result(id, FakeServer.DISCOVERED.replace("2026-07-28", "2027-01-01")));

        assertThat(take().reasons()).containsExactly("server/discover: it speaks [2027-01-01] only");
    }

    @Test
    void brokenWireIsAReasonAndNoException() {
        server.trouble = Optional.of("connection refused");

        assertThat(take())
                .isEqualTo(new Taken(
                        List.of(), List.of("server/discover: connection refused", "initialize: connection refused")));
    }

    @Test
    void answersThatAreNotJsonAreNotTaken() {
        server.on("server/discover", (request, id) -> json(200, "<html>"));
        server.on("initialize", (request, id) -> events("data: {}\n\ndata: {'id':'" + id + "','result':{}}"));

        assertThat(take().reasons())
                .containsExactly(
                        "server/discover: HTTP 200, no JSON-RPC result", "initialize: HTTP 200, no JSON-RPC result");
    }

    private Taken take() {
        return new SnapshotTaker(server, time).take(Owners.NOTION, ANN);
    }
}
