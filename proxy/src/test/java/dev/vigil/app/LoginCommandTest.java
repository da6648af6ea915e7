// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.Secret;
import dev.vigil.demo.DemoAuthServer;
import dev.vigil.demo.DemoBrowser;
import dev.vigil.demo.DemoClient;
import dev.vigil.demo.DemoMcpServer;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logins from the command line, with and without a daemon, against the demo's servers. */
class LoginCommandTest {
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    Path home;

    private DemoAuthServer auth;
    private DemoMcpServer mcp;
    private Cli cli;

    @BeforeEach
    void setUp() {
        auth = DemoAuthServer.start(DemoAuthServer.Settings.standard().withAccessLifetime(HOUR));
        mcp = DemoMcpServer.start(DemoMcpServer.Settings.protectedBy(auth));
        cli = new Cli(home).config("connectors:\n  notion: { url: " + mcp.url() + " }\nlisten: { port: 0 }\n");
    }

    @AfterEach
    void tearDown() {
        cli.close();
        mcp.close();
        auth.close();
    }

    @Test
    void withoutADaemonTheCommandWaitsForTheBrowserItself() {
        Cli.Running login = cli.start("login", "notion", "--no-browser");
        assertThat(new DemoBrowser().visit(page(login)).status()).isEqualTo(200);
        Cli.Ended ended = login.end();
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.out())
                .contains("notion: logged in")
                .contains(" at " + auth.issuer() + ".\n")
                .contains("Granted: ")
                .contains(
                        "The token lasts 1h and is renewed by itself; nobody is needed until the server ends the login.")
                .contains("Next: vigil run --background");
        assertThat(cli.run("status").out()).contains("notion  logged in, token good for 59m");
        assertThat(cli.run("status", "notion").out())
                .contains("logged in at")
                .contains("generation         1")
                .contains("next step          refresh at ");
    }

    @Test
    void thePastedAddressIsAsGoodAsTheBrowser() {
        Cli.Running login = cli.start("login", "notion", "--no-browser");
        URI page = page(login);
        URI callback = new DemoBrowser().callbackFrom(page, redirectUri(page));
        login.type("");
        login.type("not an address at all");
        login.await(line -> line.startsWith("That is not an address."));
        login.type("http://127.0.0.1:1/oauth/callback?code=x&state=y");
        login.await(line -> line.startsWith("That address does not belong to this login."));
        login.type(callback.toString());
        Cli.Ended ended = login.end();
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.out()).contains("notion: logged in");
    }

    @Test
    void aRefusalEndsTheCommandWithThree() {
        Cli.Running login = cli.start("login", "notion", "--no-browser");
        URI page = page(login);
        URI callback = new DemoBrowser().callbackFrom(page, redirectUri(page));
        login.type(callback.toString().replaceFirst("code=[^&]*", "code=forged"));
        Cli.Ended ended = login.end();
        assertThat(ended.code()).isEqualTo(3);
        assertThat(ended.err()).startsWith("vigil: notion: ").contains("vigil login notion");
        assertThat(cli.run("status").out()).contains("notion  not logged in");
    }

    @Test
    void theBrowserGetsTheWholeUrlAsOneArgument() throws Exception {
        Path script = home.resolve("browser");
        Path seen = home.resolve("seen");
        Files.writeString(script, "#!/bin/sh\nprintf '%s\\n' \"$#\" \"$1\" > '" + seen + "'\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        Cli.Running login = cli.with("BROWSER", script.toString()).start("login", "notion");
        URI page = page(login);
        assertThat(login.await(line -> line.startsWith("Your browser opens")))
                .isEqualTo("Your browser opens to log in to notion. If it does not, open this URL:");
        assertThat(seen).content().isEqualTo("1\n" + page + "\n");
        new DemoBrowser().visit(page);
        assertThat(login.end().code()).isZero();
    }

    @Test
    void theDaemonTakesTheLoginAndServesAtOnce() {
        String daemon = cli.daemon();
        login();
        DemoClient client = new DemoClient(URI.create(daemon + "/mcp/notion"), Optional.of(key("claude-code")));
        assertThat(client.initialize().isGood()).isTrue();
        assertThat(client.listTools().isGood()).isTrue();
        assertThat(cli.read("log/vigil.jsonl"))
                .contains(
                        "\"event\":\"authorization\",\"connector\":\"notion\",\"from\":\"logged_out\",\"to\":\"live\"")
                .contains("\"event\":\"exchange\",\"connector\":\"notion\",\"client\":\"claude-code\"");

        assertThat(cli.run("logout", "notion").out())
                .isEqualTo("notion: logged out, and the server has revoked the tokens.\n");
        assertThat(client.listTools().answer().toString()).contains("not logged in to notion: skipped");
        login();
        assertThat(client.listTools().isGood()).isTrue();
        assertThat(auth.counts().logins()).isEqualTo(2);
    }

    @Test
    void aServerThatNeededNoLoginBeforeIsBelievedWhenItWantsOne() {
        cli.config(cli.config().replaceFirst(" }\n", ", grant: none } # mine\n"));
        Cli.Running login = cli.start("login", "notion", "--no-browser");
        new DemoBrowser().visit(page(login));
        assertThat(login.end().out())
                .startsWith("notion wants a login now; " + home + "/vigil.yaml says so from now on.\n");
        assertThat(cli.config()).contains("grant: oauth } # mine\n");
        assertThat(cli.run("status").out()).contains("notion  logged in");
    }

    @Test
    void keysAreRotatedUnderARunningDaemon() {
        String daemon = cli.daemon();
        login();
        DemoClient client = new DemoClient(URI.create(daemon + "/mcp/notion"), Optional.of(key("cli")));
        assertThat(cli.run("keys", "list").out()).contains("primary").contains("needed by 2 files");
        assertThat(cli.run("keys", "rotate").out()).contains("Sealed again: 2 files.");
        assertThat(cli.run("keys", "list").out().lines()).hasSize(2);
        assertThat(cli.run("keys", "retire").out()).startsWith("Removed old keys: ");
        assertThat(cli.run("keys", "list", "--json").out())
                .containsOnlyOnce("\"primary\":true")
                .contains("\"files\":2");
        assertThat(client.initialize().isGood()).isTrue();
        login();
        assertThat(client.initialize().isGood()).isTrue();
    }

    private void login() {
        Cli.Running login = cli.start("login", "notion", "--no-browser");
        assertThat(new DemoBrowser().visit(page(login)).status()).isEqualTo(200);
        Cli.Ended ended = login.end();
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.out()).contains("Next: vigil connect claude-code");
    }

    private Secret key(String client) {
        Matcher key = Pattern.compile("vgl_\\S+?(?=\"|\\s)")
                .matcher(cli.run("connect", client, "notion").out());
        assertThat(key.find()).isTrue();
        return new Secret(key.group());
    }

    private static URI page(Cli.Running login) {
        return URI.create(login.await(line -> line.startsWith("  http")).strip());
    }

    private static URI redirectUri(URI page) {
        Matcher found = Pattern.compile("[?&]redirect_uri=([^&]+)").matcher(page.toString());
        assertThat(found.find()).isTrue();
        return URI.create(URLDecoder.decode(found.group(1), StandardCharsets.UTF_8));
    }
}
