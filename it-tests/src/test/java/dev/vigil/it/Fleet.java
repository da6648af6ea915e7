// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import dev.vigil.demo.DemoAuthServer;
import dev.vigil.demo.DemoMcpServer;
import dev.vigil.demo.FaultScript;
import dev.vigil.demo.TokenFault;
import dev.vigil.sync.StrictS3;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Machines that share one bucket, the MCP server that they call, and its authorization server, which rotates refresh tokens
 * and ends the grant when it sees one twice. For one thread.
 */
final class Fleet implements AutoCloseable {
    static final String SCOPE = "read-the-payroll";
    static final String KEY_VARIABLE = "TEAM_KEY";
    /** Between two rounds of one machine: the shortest that may be configured. */
    static final Duration EVERY = Duration.ofSeconds(5);

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration PACE = Duration.ofMillis(250);
    private static final String KEY = "c29tZSAzMiBieXRlcyB0aGF0IGFyZSBubyBzZWNyZXQ=";

    final TokenLedger ledger = new TokenLedger();
    final FaultScript<TokenFault> tokenFaults;
    final DemoAuthServer auth;
    final DemoMcpServer mcp;

    private final List<FleetMachine> machines = new ArrayList<>();
    private final List<String> connectors;
    private final Map<Integer, String> connectorOf = new HashMap<>();

    private Fleet(Duration life, List<String> connectors) {
        this.connectors = List.copyOf(connectors);
        DemoAuthServer.Settings settings = DemoAuthServer.Settings.standard()
                .withAccessLifetime(life)
                .withReuseGrace(Duration.ZERO)
                .withLog(ledger::heard);
        tokenFaults = settings.faults();
        auth = DemoAuthServer.start(settings);
        mcp = DemoMcpServer.start(new DemoMcpServer.Settings(
                0,
                Optional.of(new DemoMcpServer.Protection(auth.issuer(), List.of(SCOPE), auth)),
                new FaultScript<>(),
                seen -> {}));
    }

    /** @param life of access tokens */
    static Fleet start(Duration life, List<String> connectors) {
        return new Fleet(life, connectors);
    }

    /** The place of a strict server's bucket. */
    static String in(StrictS3 server) {
        return at(server.url());
    }

    /**
     * The same by another way.
     *
     * @param endpoint leads there
     */
    static String at(URI endpoint) {
        return "bucket: s3://" + StrictS3.BUCKET + "/prod, endpoint: " + endpoint + ", region: " + StrictS3.REGION;
    }

    /**
     * All keys of {@code sync:} but the machine's name.
     *
     * @param bucket its place, as keys of {@code sync:}
     */
    static String sync(String bucket) {
        return bucket + ", credentials: { accessKey: { env: S3_ACCESS }, secretKey: { env: S3_SECRET } }, every: "
                + EVERY.toSeconds() + "s";
    }

    /** Environment variables for a strict server. */
    static Map<String, String> credentials() {
        return Map.of(
                "S3_ACCESS",
                StrictS3.KEYS.accessKey().reveal(),
                "S3_SECRET",
                StrictS3.KEYS.secretKey().reveal());
    }

    /**
     * One more machine: {@code vigil sync init}, then its daemon.
     *
     * @param root where its home becomes a folder
     * @param bucket its place, as keys of {@code sync:}
     */
    FleetMachine join(String name, Path root, String bucket) {
        Map<String, String> surroundings = new HashMap<>(credentials());
        surroundings.put(KEY_VARIABLE, KEY);
        FleetMachine machine =
                new FleetMachine(name, root.resolve(name), connectors, mcp.url(), sync(bucket), surroundings);
        machines.add(machine);
        machine.init();
        machine.start();
        return machine;
    }

    List<FleetMachine> machines() {
        return List.copyOf(machines);
    }

    List<String> connectors() {
        return connectors;
    }

    /** A person logs in on one machine. */
    void login(String connector, FleetMachine machine) {
        machine.login(connector);
        connectorOf.put(auth.counts().logins(), connector);
    }

    /** Empty for a grant that was not made here. */
    Optional<String> connectorOf(int grant) {
        return Optional.ofNullable(connectorOf.get(grant));
    }

    /** The newest grant of a connector. */
    int grantOf(String connector) {
        return connectorOf.entrySet().stream()
                .filter(one -> one.getValue().equals(connector))
                .mapToInt(Map.Entry::getKey)
                .max()
                .orElseThrow();
    }

    /** Do all machines serve it, with the newest grant? */
    boolean isServedEverywhere(String connector) {
        int grant = grantOf(connector);
        return machines.stream()
                .allMatch(machine -> machine.call(connector)
                        .filter(heard -> heard.grant() == grant)
                        .isPresent());
    }

    void awaitServedEverywhere(String connector) {
        Await.until(LIMIT, PACE, () -> isServedEverywhere(connector), standing(connector));
    }

    /** For a failure's message. */
    Supplier<String> standing(String connector) {
        return () -> {
            StringBuilder story = new StringBuilder(connector + ", grant " + grantOf(connector) + ":\n");
            for (FleetMachine machine : machines) {
                story.append(machine)
                        .append(": ")
                        .append(machine.call(connector))
                        .append('\n');
                for (String event : List.of("shared", "refresh", "answer_lost")) {
                    machine.log(event, connector)
                            .forEach(line -> story.append("  ").append(line).append('\n'));
                }
            }
            return story.toString();
        };
    }

    @Override
    public void close() {
        machines.forEach(FleetMachine::close);
        mcp.close();
        auth.close();
    }
}
