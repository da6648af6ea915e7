// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicInteger;

/** One upstream for each way in which an upstream can go wrong, and one that is sound. */
final class FaultyUpstreams implements AutoCloseable {
    /** What the sound one answers to everything. */
    static final String SOUND = "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{\"content\":[]}}";

    final WireMockServer web =
            new WireMockServer(options().bindAddress("127.0.0.1").dynamicPort().dynamicHttpsPort());
    /** Reads whatever comes and says nothing. */
    final RawServer mute;

    private final RawServer leaver;
    private final AtomicInteger departures = new AtomicInteger();

    FaultyUpstreams() throws IOException {
        web.start();
        web.stubFor(
                post(urlEqualTo("/mcp")).willReturn(typed("application/json").withBody(SOUND)));
        web.stubFor(any(urlEqualTo("/page")).willReturn(typed("text/html").withBody("<h1>Hello</h1>")));
        leaver = new RawServer((socket, in, out) -> leave(in, out));
        mute = new RawServer((socket, in, out) -> {
            in.transferTo(OutputStream.nullOutputStream());
            departures.incrementAndGet();
        });
    }

    private static ResponseDefinitionBuilder typed(String type) {
        return aResponse().withHeader("Content-Type", type);
    }

    /** Closes the connection in the middle of a short answer, of a long one, or of an event. */
    private static void leave(InputStream in, OutputStream out) throws IOException {
        String head = RawServer.head(in);
        RawServer.say(out, "HTTP/1.1 200 OK\r\nContent-Type: ");
        if (head.contains("/short ")) {
            RawServer.say(out, "application/json\r\nContent-Length: 100\r\n\r\n{\"jsonrpc\":");
        } else if (head.contains("/long ")) {
            RawServer.say(out, "application/json\r\nContent-Length: 300000\r\n\r\n" + " ".repeat(200_000));
        } else {
            RawServer.say(out, "text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
            RawServer.say(out, "1e\r\nevent: message\ndata: {\"a\":1}\n\n\r\n");
            RawServer.say(out, "10\r\nevent: message\nd\r\n");
        }
    }

    /** How often a client of {@link #mute} has gone away. */
    int departures() {
        return departures.get();
    }

    /** All of them as connectors. */
    String config() {
        return """
                connectors:
                  sound: { url: http://127.0.0.1:%1$d/mcp, grant: none }
                  page: { url: http://127.0.0.1:%1$d/page, grant: none }
                  loggedout: { url: http://127.0.0.1:%1$d/mcp }
                  uncertified: { url: https://127.0.0.1:%2$d/mcp, grant: none }
                  nowhere: { url: http://no-such-host.invalid/mcp, grant: none }
                  closed: { url: http://127.0.0.1:%3$d/mcp, grant: none }
                  short: { url: http://127.0.0.1:%4$d/short, grant: none }
                  long: { url: http://127.0.0.1:%4$d/long, grant: none }
                  stream: { url: http://127.0.0.1:%4$d/stream, grant: none }
                  mute: { url: %5$s, grant: none }
                listen: { port: %6$d }
                """.formatted(web.port(), web.httpsPort(), FreePort.find(), leaver.port(), mute.url(), FreePort.find());
    }

    /** Requests that reached the sound one or the page, but for what Vigil asks by itself. */
    int asked() {
        return (int) web.getAllServeEvents().stream()
                .filter(event -> !"vigil".equals(event.getRequest().getHeader("User-Agent")))
                .count();
    }

    @Override
    public void close() throws IOException {
        web.stop();
        leaver.close();
        mute.close();
    }
}
