// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.auth.Secret;
import dev.vigil.demo.DemoClient.Reply;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DemoClientTest {
    private final DemoAuthServer auth = DemoAuthServer.start(DemoAuthServer.Settings.standard());
    private final DemoMcpServer mcp = DemoMcpServer.start(DemoMcpServer.Settings.protectedBy(auth));

    @AfterEach
    void close() {
        mcp.close();
        auth.close();
    }

    @Test
    void speaksAWholeSession() throws Exception {
        DemoClient client = client(new AuthWalk(auth, mcp.url()).login().access());
        assertThat(client.initialize().isGood()).isTrue();
        assertThat(client.initialized().status()).isEqualTo(202);
        assertThat(client.listTools().answer().path("result").path("tools").size())
                .isEqualTo(5);
        Reply who = client.call("whoami");
        assertThat(who.isGood()).isTrue();
        assertThat(who.text()).contains("demo-user");
        assertThat(who.took()).isPositive();
    }

    @Test
    void readsProgressAndResultFromAStream() throws Exception {
        DemoClient client = client(new AuthWalk(auth, mcp.url()).login().access());
        client.initialize();
        Reply counted =
                client.call("count_slowly", JsonRpc.object().put("to", 3).put("pauseMillis", 20));
        assertThat(counted.notifications()).hasSize(3);
        assertThat(counted.text()).isEqualTo("counted to 3");
        assertThat(counted.took()).isGreaterThan(Duration.ofMillis(60));
    }

    @Test
    void refusalIsAReplyAndNoException() {
        Reply refused = client("not-a-token").initialize();
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.isGood()).isFalse();
    }

    @Test
    void errorsAndFailedToolsAreNotGood() throws Exception {
        DemoClient client = client(new AuthWalk(auth, mcp.url()).login().access());
        client.initialize();
        assertThat(client.call("nothing").isGood()).isFalse();
        assertThat(client.call("nothing").text()).isEqualTo("Unknown tool: nothing");
        Reply failed = client.call("big", JsonRpc.object().put("bytes", -1));
        assertThat(failed.isError()).isTrue();
        assertThat(failed.isGood()).isFalse();
    }

    @Test
    void serverThatIsGoneIsAnErrorThatNamesIt() {
        mcp.close();
        assertThatThrownBy(() -> client("any").initialize())
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(mcp.url());
    }

    private DemoClient client(String token) {
        return new DemoClient(URI.create(mcp.url()), Optional.of(new Secret(token)));
    }
}
