// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.demo.DemoAuthServer;
import dev.vigil.demo.DemoMcpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Two machines, each with a home of its own and a daemon, and a folder that is their bucket. */
class SharedLoginsIT {
    private static final String NAME = LoggedIn.CONNECTOR;
    /** Refreshed 8 to 12 s after each login or refresh. */
    private static final Duration LIFE = Duration.ofSeconds(20);

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String KEY = "c29tZSAzMiBieXRlcyB0aGF0IGFyZSBubyBzZWNyZXQ=";

    @TempDir
    private Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();
    private DemoAuthServer auth;
    private DemoMcpServer mcp;
    private Box laptop;
    private Box cloud;

    /** One machine. */
    private record Box(Product product, Product.Daemon daemon, String key) {
        HttpResponse<String> calls() {
            return Web.send(Mcp.calling(daemon.endpoint(NAME), key, "whoami"));
        }

        boolean serves() {
            return Mcp.skip(calls()).isMissingNode();
        }

        String skipKind() {
            return Mcp.skip(calls()).path("kind").asString("none");
        }
    }

    @BeforeEach
    void start() {
        auth = opened(DemoAuthServer.start(DemoAuthServer.Settings.standard().withAccessLifetime(LIFE)));
        mcp = opened(DemoMcpServer.start(DemoMcpServer.Settings.protectedBy(auth)));
        laptop = machine("laptop");
        cloud = machine("cloud");
    }

    @AfterEach
    void stop() throws Exception {
        for (int last = open.size() - 1; last >= 0; last--) {
            open.get(last).close();
        }
    }

    @Test
    void loginOnOneMachineServesBothAndOneRefreshesForBoth() {
        assertThat(cloud.skipKind()).isEqualTo("not_logged_in");
        Logins.login(laptop.product(), NAME);
        Await.until(
                LIMIT,
                cloud::serves,
                () -> "the login has not come over: " + cloud.product().log("sync"));
        Await.until(
                LIMIT.multipliedBy(2),
                () -> {
                    assertThat(laptop.skipKind()).isEqualTo("none");
                    assertThat(cloud.skipKind()).isEqualTo("none");
                    return auth.counts().refreshes() >= 4;
                },
                () -> "refreshed " + auth.counts().refreshes() + " times");
        assertThat(auth.counts().logins()).isEqualTo(1);
        assertThat(auth.counts().reuses()).isZero();
        assertThat(cloud.product().log("shared"))
                .extracting(line -> line.path("what").asString())
                .as("it takes part")
                .contains("adopted");
        JsonNode status = Json.read(String.join(
                "", cloud.product().runWell("sync", "status", "--json").output()));
        assertThat(status.path("machine").asString()).isEqualTo("cloud");
        assertThat(status.path("last").path("shared").toString()).contains(NAME);
        assertThat(cloud.product().runWell("sync", "explain", NAME).text())
                .contains("laptop")
                .contains("took over");
    }

    @Test
    void logoutOnOneMachineIsALogoutOnBoth() {
        Logins.login(laptop.product(), NAME);
        Await.until(LIMIT, cloud::serves, () -> "the login has not come over");
        cloud.product().runWell("logout", NAME);
        Await.until(LIMIT, () -> laptop.skipKind().equals("not_logged_in"), () -> "the logout has not come over");
        Logins.login(cloud.product(), NAME);
        Await.until(LIMIT, laptop::serves, () -> "the second login has not come over");
        assertThat(auth.counts().reuses()).isZero();
    }

    /** Nothing but the address of the bucket and the key, which is in the environment. */
    @Test
    void freshMachineServesItsFirstCallWithoutALogin() {
        Logins.login(laptop.product(), NAME);
        laptop.product().runWell("sync", "now");
        Product product = new Product(folder.resolve("scheduler")).in(Map.of("TEAM_KEY", KEY));
        product.runWell("keys", "rewrap", "--to", "env:TEAM_KEY");
        assertThat(product.runWell(
                                "sync", "init", folder.resolve("bucket").toUri().toString())
                        .text())
                .contains("In the bucket, and not a connector here: " + NAME);
        product.runWell("add", NAME, "--from-bucket");
        freePort(product);
        long begun = System.nanoTime();
        Product.Daemon daemon = opened(product.daemon());
        Box scheduler = new Box(product, daemon, product.connect("test"));
        assertThat(scheduler.skipKind()).as(product.run("status").text()).isEqualTo("none");
        System.out.println("a fresh machine has served its first call "
                + Duration.ofNanos(System.nanoTime() - begun).toMillis() + " ms after its start");
        assertThat(auth.counts().logins()).isEqualTo(1);
        assertThat(auth.counts().reuses()).isZero();
    }

    private static void freePort(Product product) {
        Path config = product.home().resolve("vigil.yaml");
        product.config(Checkout.read(config) + "listen: { port: " + FreePort.find() + " }\n");
    }

    private Box machine(String name) {
        Path bucket = folder.resolve("bucket");
        Product product = new Product(folder.resolve(name))
                .in(Map.of("TEAM_KEY", KEY))
                .config("connectors:\n  " + NAME + ": { url: " + mcp.url() + " }\nlisten: { port: " + FreePort.find()
                        + " }\nkeys: { keyEncryptionKey: { env: TEAM_KEY } }\nsync: { bucket: " + bucket.toUri()
                        + ", machine: " + name + ", every: 5s }\n");
        privateFolder(bucket);
        product.runWell("sync", "init");
        Product.Daemon daemon = opened(product.daemon());
        return new Box(product, daemon, product.connect("test"));
    }

    private static void privateFolder(Path folder) {
        try {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private <T extends AutoCloseable> T opened(T one) {
        open.add(one);
        return one;
    }
}
