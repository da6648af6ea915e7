// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

/** A client of HTTP+SSE: one stream, and posts to where it says. */
final class OldClient implements AutoCloseable {
    static final String INITIALIZE = "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{"
            + "\"protocolVersion\":\"2024-11-05\",\"capabilities\":{},\"clientInfo\":{\"name\":\"c\",\"version\":\"1\"}}}";

    private final RunningProxy proxy;
    private final InputStream bytes;
    private final BufferedReader lines;
    final String endpoint;

    private OldClient(RunningProxy proxy, InputStream bytes) throws IOException {
        this.proxy = proxy;
        this.bytes = bytes;
        this.lines = new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8));
        String[] first = event();
        if (!first[0].equals("endpoint")) {
            throw new AssertionError("no endpoint, but " + String.join(" ", first));
        }
        endpoint = first[1];
    }

    static OldClient of(RunningProxy proxy) throws Exception {
        return new OldClient(proxy, open(proxy).body());
    }

    static HttpResponse<InputStream> open(RunningProxy proxy) throws Exception {
        return proxy.send(
                HttpRequest.newBuilder(proxy.url())
                        .header("Authorization", "Bearer " + RunningProxy.KEY)
                        .header("Accept", "text/event-stream")
                        .GET()
                        .build(),
                HttpResponse.BodyHandlers.ofInputStream());
    }

    HttpResponse<String> post(String body) throws Exception {
        return post(body, RunningProxy.KEY);
    }

    HttpResponse<String> post(String body, String key) throws Exception {
        URI target = proxy.url().resolve(endpoint);
        return proxy.send(
                HttpRequest.newBuilder(target)
                        .header("Authorization", "Bearer " + key)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** Posts and gives the data of the next event. */
    String ask(String body) throws Exception {
        HttpResponse<String> taken = post(body);
        if (taken.statusCode() != 202) {
            throw new AssertionError("HTTP " + taken.statusCode() + ": " + taken.body());
        }
        return next();
    }

    /** The data of the next event. */
    String next() throws IOException {
        return event()[1];
    }

    /** Name and data of the next event; blocks until it is there. Comments are left out. */
    private String[] event() throws IOException {
        String name = "message";
        String data = "";
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("event: ")) {
                name = line.substring("event: ".length());
            } else if (line.startsWith("data: ")) {
                data = line.substring("data: ".length());
            } else if (line.isEmpty() && !data.isEmpty()) {
                return new String[] {name, data};
            }
        }
        throw new IOException("the stream has ended");
    }

    @Override
    public void close() throws IOException {
        bytes.close();
    }
}
