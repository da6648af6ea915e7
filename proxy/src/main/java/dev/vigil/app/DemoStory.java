// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.Now;
import dev.vigil.demo.DemoAuthServer;
import dev.vigil.demo.DemoClient;
import dev.vigil.oauth.LoginReport;
import java.time.Duration;
import java.util.Locale;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/**
 * The demo's story, told line by line while it happens: a login, calls across several token lifetimes, a revocation and the
 * skip, a new login and the same call. Every step is checked; the story stops at the first that is not as promised.
 */
final class DemoStory {
    /** Short enough that a reader sees every renewal, long enough to be read. */
    private static final Duration PAUSE = Duration.ofSeconds(3);

    private static final String TOOL = "whoami";
    private static final String SKIP = "dev.vigil/skip";

    private final Shell shell;
    private final DemoWorld world;
    private final Duration lifetime;
    private final int lifetimes;
    private final CountDownLatch stop;

    /**
     * @param lifetimes how many token lifetimes the calls go on for
     * @param stop ends the story early
     */
    DemoStory(Shell shell, DemoWorld world, Duration lifetime, int lifetimes, CountDownLatch stop) {
        this.shell = shell;
        this.world = world;
        this.lifetime = lifetime;
        this.lifetimes = lifetimes;
        this.stop = stop;
    }

    /** Tells it; true when every step was as promised. */
    boolean tell() throws InterruptedException {
        title("1. A person logs in, once");
        login();
        title("2. What an MCP client is given");
        connect();
        DemoClient client = world.client();
        title("3. Calls through Vigil, across " + lifetimes + " token lifetimes of " + lifetime.toSeconds() + " s");
        boolean good = begun(client) && callsAllSucceed(client) && everyTokenWasRedeemedOnce();
        title("4. The grant is revoked at the authorization server");
        good = good && revocationIsSkipped(client);
        title("5. A person logs in again, and the same call works");
        good = good && workAgain(client);
        shell.say("");
        shell.say(good ? "Every step was as promised." : "NOT as promised: see the line above.");
        return good;
    }

    void login() {
        LoginReport report = world.login();
        shell.say("   " + LoginWords.of(report, true).get(0));
        shell.say("   " + LoginWords.nextNeeded(report));
    }

    private void connect() {
        shell.say("   URL  " + world.endpoint());
        shell.say("   For Claude Code, paste this line:");
        world.instructions().forEach(line -> shell.say("   " + line));
    }

    private boolean begun(DemoClient client) {
        DemoClient.Reply hello = client.initialize();
        client.initialized();
        int tools = client.listTools().answer().path("result").path("tools").size();
        return check(
                hello.isGood() && tools > 0,
                "connected to " + hello.answer().at("/result/serverInfo/name").asString("nobody") + ", " + tools
                        + " tools");
    }

    private boolean callsAllSucceed(DemoClient client) throws InterruptedException {
        Now begun = shell.time().now();
        Duration whole = lifetime.multipliedBy(lifetimes);
        TreeSet<Integer> generations = new TreeSet<>();
        for (Duration passed = Duration.ZERO; passed.compareTo(whole) <= 0; passed = since(begun)) {
            DemoClient.Reply reply = client.call(TOOL);
            int generation =
                    reply.answer().at("/result/structuredContent/generation").asInt(0);
            boolean renewed = generations.add(generation) && generations.size() > 1;
            String line = String.format(
                    Locale.ROOT,
                    "%3d s  %s answered in %d ms, with token %d%s",
                    passed.toSeconds(),
                    TOOL,
                    reply.took().toMillis(),
                    generation,
                    renewed ? "   <- renewed ahead of its end" : "");
            if (!check(reply.isGood(), line) || stop.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
                return false;
            }
        }
        return check(generations.size() > lifetimes, generations.size() + " tokens served, and no call failed");
    }

    private boolean everyTokenWasRedeemedOnce() {
        DemoAuthServer.Counts counts = world.auth().counts();
        int most = counts.redemptions().stream()
                .mapToInt(DemoAuthServer.Redemption::times)
                .max()
                .orElse(0);
        return check(
                most == 1 && counts.reuses() == 0,
                counts.refreshes() + " refreshes, and no refresh token was redeemed twice");
    }

    boolean revocationIsSkipped(DemoClient client) {
        world.auth().revokeEverything();
        DemoClient.Reply reply = client.call(TOOL);
        JsonNode skip = reply.meta(SKIP);
        shell.say("   the client is answered HTTP " + reply.status() + ", and its model reads:");
        shell.say("   | " + reply.text());
        shell.say("   for programs: " + skip);
        return check(
                reply.status() == 200
                        && reply.isError()
                        && skip.path("kind").asString("").equals("authorization_expired")
                        && skip.path("reason").asString("").equals("invalid_grant"),
                "a skip that an agent can act on, not an error and not a 401");
    }

    private boolean workAgain(DemoClient client) {
        login();
        DemoClient.Reply reply = client.call(TOOL);
        return check(reply.isGood(), TOOL + " answered in " + reply.took().toMillis() + " ms, in the same session");
    }

    private void title(String text) {
        shell.say("");
        shell.say(text);
    }

    private boolean check(boolean good, String line) {
        shell.say((good ? "   ok   " : "   BAD  ") + line);
        return good;
    }

    private Duration since(Now begun) {
        return shell.time().now().monotonic().minus(begun.monotonic());
    }
}
