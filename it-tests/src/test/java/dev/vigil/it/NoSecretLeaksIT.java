// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every secret there is carries a mark: the code, the tokens, the client's secret, a static key. The whole life of a grant
 * is gone through, and then everything is searched that was said, answered or written.
 */
class NoSecretLeaksIT {
    private static final String STATIC_KEY = MarkedServer.MARK + "-static-key";

    @TempDir
    private Path home;

    /** Everything that was said or answered. */
    private final List<String> heard = new ArrayList<>();

    @Test
    void noSecretIsSaidAnsweredOrWritten() throws IOException {
        try (MarkedServer server = new MarkedServer()) {
            Product product = new Product(home).config("listen: { port: " + FreePort.find() + " }\n");
            product.typing(STATIC_KEY, "add", "keyed", server.keyedUrl(), "--header", "X-Api-Key");
            hear(product.runWell("add", "marked", server.url()));
            String localKey;
            try (Product.Daemon daemon = product.daemon()) {
                hear(Logins.login(product, "marked"));
                localKey = product.connect("test");
                liveThrough(server, product, daemon, localKey);
                heard.add(daemon.child().story());
            }
            hear(product.run("status"));
            assertNothingLeaked(localKey);
            assertEverySecretWasUsed(server);
        }
    }

    private void liveThrough(MarkedServer server, Product product, Product.Daemon daemon, String localKey) {
        assertThat(call(daemon, "keyed", localKey).statusCode()).isEqualTo(200);
        assertThat(Mcp.skip(call(daemon, "marked", localKey)).isMissingNode()).isTrue();
        server.wantTheSecondToken();
        assertThat(Mcp.skip(call(daemon, "marked", localKey)).isMissingNode()).isTrue();
        server.endTheGrant();
        assertThat(Mcp.skip(call(daemon, "marked", localKey)).path("kind").asString())
                .isEqualTo("authorization_expired");
        call(daemon, "marked", localKey + "x");
        hear(product.run("status", "marked"));
        hear(product.run("status", "--json"));
        hear(product.run("keys", "rotate"));
        for (String page :
                List.of("/healthz", "/api/status", "/oauth/callback?code=" + MarkedServer.MARK + "&state=x")) {
            heard.add(Web.get(daemon.url() + page).body());
        }
    }

    private HttpResponse<String> call(Product.Daemon daemon, String connector, String key) {
        HttpResponse<String> answer = Web.send(Mcp.calling(daemon.endpoint(connector), key, "some-tool"));
        heard.add(answer.headers().map() + answer.body());
        return answer;
    }

    private void hear(Product.Ended ended) {
        heard.add(ended.text());
    }

    private void assertNothingLeaked(String localKey) throws IOException {
        assertThat(heard).hasSizeGreaterThan(10).noneMatch(text -> text.contains(MarkedServer.MARK));
        assertThat(heard).noneMatch(text -> text.contains(localKey));
        List<Path> files;
        try (Stream<Path> all = Files.walk(home)) {
            files = all.filter(Files::isRegularFile).toList();
        }
        assertThat(files).extracting(file -> home.relativize(file).toString()).contains("log/vigil.jsonl");
        for (Path file : files) {
            assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                    .as(home.relativize(file).toString())
                    .doesNotContain(MarkedServer.MARK)
                    .doesNotContain(localKey);
        }
    }

    private static void assertEverySecretWasUsed(MarkedServer server) {
        for (String secret : List.of(
                "-code",
                "-client-secret",
                "-refresh-token-1",
                "-refresh-token-2",
                "-access-token-1",
                "-access-token-2",
                "-static-key")) {
            assertThat(server.hasSeen(MarkedServer.MARK + secret)).as(secret).isTrue();
        }
    }
}
