// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.WireMockServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the commands say, and with which exit code, when a person makes a mistake. Each within its time. */
@Timeout(30)
class MistakesIT {
    private static final int USAGE = 2;
    private static final int UNREACHABLE = 5;

    @TempDir
    private Path home;

    @Test
    void typoInTheConfigIsNamedWithItsLineAndTheFix() {
        Product.Ended ended = new Product(home)
                .config("connectors:\n  notion: { url: https://mcp.notion.com/mcp }\nlissen: { port: 7470 }\n")
                .run("run");

        assertThat(ended.exit()).isEqualTo(USAGE);
        assertThat(ended.text()).contains("vigil.yaml:3:").contains("lissen").contains("listen");
    }

    @Test
    void portInUseIsAnErrorThatNamesItsHolder() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            Product.Ended ended = new Product(home)
                    .config("listen: { port: " + taken.getLocalPort() + " }\n")
                    .run("run");

            assertThat(ended.exit()).isEqualTo(USAGE);
            assertThat(ended.text())
                    .contains(Integer.toString(taken.getLocalPort()))
                    .contains("process " + ProcessHandle.current().pid())
                    .contains("listen");
        }
    }

    @Test
    void urlThatIsNotMcpIsNotAdded() {
        WireMockServer web =
                new WireMockServer(options().bindAddress("127.0.0.1").dynamicPort());
        web.start();
        try {
            web.stubFor(any(anyUrl())
                    .willReturn(
                            aResponse().withHeader("Content-Type", "text/html").withBody("<h1>Hello</h1>")));
            Product.Ended ended = new Product(home).run("add", "web", "http://127.0.0.1:" + web.port() + "/");

            assertThat(ended.exit()).isEqualTo(USAGE);
            assertThat(ended.text()).contains("no MCP endpoint").contains("Nothing was added");
            assertThat(home.resolve("vigil.yaml")).doesNotExist();
        } finally {
            web.stop();
        }
    }

    @Test
    void hostThatDoesNotResolveIsNotAdded() {
        Product.Ended ended = new Product(home).run("add", "nowhere", "http://no-such-host.invalid/mcp");

        assertThat(ended.exit()).isEqualTo(UNREACHABLE);
        assertThat(ended.text())
                .contains("no-such-host.invalid")
                .contains("cannot be reached")
                .contains("vigil add nowhere http://no-such-host.invalid/mcp --grant oauth");
    }

    @Test
    void certificateThatDoesNotVerifyIsNamed() {
        WireMockServer web = new WireMockServer(
                options().bindAddress("127.0.0.1").dynamicPort().dynamicHttpsPort());
        web.start();
        try {
            Product.Ended ended = new Product(home).run("add", "web", "https://127.0.0.1:" + web.httpsPort() + "/mcp");

            assertThat(ended.exit()).isEqualTo(UNREACHABLE);
            assertThat(ended.text()).contains("certificate").contains("ca");
            assertThat(web.getAllServeEvents()).isEmpty();
        } finally {
            web.stop();
        }
    }
}
