// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.demo.TokenFault;
import dev.vigil.sync.StrictS3;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bucket of two machines made public: somebody reads all of it, and somebody writes to it, without the key. */
class PublicBucketIT {
    private static final String ONE = "payroll-of-ada";
    private static final String OTHER = "diary-of-ada";
    private static final Set<String> NAMES = Set.of("ada-laptop", "ada-build-box");
    /** Refreshed 8 to 12 s after each login or refresh. */
    private static final Duration LIFE = Duration.ofSeconds(20);

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration PACE = Duration.ofMillis(200);
    private static final String GRANTS = "prod/grants/";
    private static final String LEASES = "prod/leases/";

    @TempDir
    private Path root;

    private final StrictS3 bucket = StrictS3.start();
    private final Relay way = new Relay(bucket.url());
    private final Fleet fleet = Fleet.start(LIFE, List.of(ONE, OTHER));

    @BeforeEach
    void start() {
        NAMES.forEach(name -> fleet.join(name, root, Fleet.at(way.url())));
        fleet.connectors().forEach(connector -> {
            fleet.login(connector, machine(0));
            fleet.awaitServedEverywhere(connector);
        });
    }

    @AfterEach
    void stop() throws IOException {
        fleet.close();
        way.close();
        bucket.close();
    }

    private FleetMachine machine(int index) {
        return fleet.machines().get(index);
    }

    @Test
    void readerOfEverythingFindsNoTokenNameServerScopeOrAccount() {
        liveThrough();
        List<byte[]> everything = new ArrayList<>(way.heard());
        bucket.objects().forEach((name, content) -> {
            everything.add(name.getBytes(StandardCharsets.UTF_8));
            everything.add(content);
        });
        bucket.log().forEach(line -> everything.add(line.getBytes(StandardCharsets.UTF_8)));
        assertSearchFinds(everything);
        for (Needle secret : secrets()) {
            assertThat(everything).as(secret.text()).noneMatch(secret::isIn);
        }
    }

    /** Logins, refreshes, a rotation of the keys, a logout, and a login after it. */
    private void liveThrough() {
        awaitRefreshesOf(ONE, 2);
        machine(1).product().runWell("keys", "rotate");
        awaitRefreshesOf(OTHER, 2);
        machine(1).product().runWell("logout", ONE);
        Await.until(
                LIMIT,
                PACE,
                () -> machine(0)
                        .call(ONE)
                        .filter(heard -> heard.kind().equals("not_logged_in"))
                        .isPresent(),
                fleet.standing(ONE));
        fleet.login(ONE, machine(1));
        fleet.connectors().forEach(fleet::awaitServedEverywhere);
    }

    /** So many of them known to both machines. */
    private void awaitRefreshesOf(String connector, int more) {
        long wanted = machine(0).generation(connector) + more;
        Await.until(
                LIMIT,
                PACE,
                () -> fleet.machines().stream().allMatch(machine -> machine.generation(connector) >= wanted),
                fleet.standing(connector));
    }

    /** Tokens, codes and clients of the demo carry their kind in front. */
    private List<Needle> secrets() {
        return Stream.concat(
                        Stream.of(
                                "demo-access-",
                                "demo-refresh-",
                                "demo-code-",
                                "demo-client-",
                                "demo-user",
                                Fleet.SCOPE,
                                ONE,
                                OTHER,
                                URI.create(fleet.mcp.url()).getAuthority(),
                                URI.create(fleet.auth.issuer()).getAuthority(),
                                "refresh_token"),
                        NAMES.stream())
                .map(Needle::new)
                .toList();
    }

    /** What is said in public is found, so the rest would be. */
    private void assertSearchFinds(List<byte[]> everything) {
        assertThat(bucket.objects().keySet())
                .filteredOn(name -> name.startsWith(GRANTS))
                .hasSize(2);
        assertThat(bucket.traffic(StrictS3.Op.PUT).requests()).isGreaterThan(20);
        for (String said : List.of(
                GRANTS,
                "prod/leases/",
                "prod/keys/ring",
                StrictS3.KEYS.accessKey().reveal())) {
            assertThat(everything).as(said).anyMatch(new Needle(said)::isIn);
        }
    }

    @Test
    void whatWasForgedOrSwappedIsUsedByNobodyAndReplaced() {
        for (Forgery forgery :
                List.<Forgery>of(PublicBucketIT::flipped, PublicBucketIT::cut, PublicBucketIT::swapped)) {
            SortedMap<String, byte[]> forged = forgery.of(grants());
            List<Long> before =
                    fleet.connectors().stream().map(this::timesUnreadable).toList();
            forged.forEach(bucket::plant);
            for (int i = 0; i < before.size(); i++) {
                String connector = fleet.connectors().get(i);
                long told = before.get(i);
                await(() -> timesUnreadable(connector) > told, connector);
            }
            assertAllGoesOn();
            assertThat(grants().values())
                    .noneMatch(now -> forged.values().stream().anyMatch(bad -> Arrays.equals(bad, now)));
        }
    }

    /** How often any machine told that the state does not open. */
    private long timesUnreadable(String connector) {
        return fleet.machines().stream()
                .flatMap(machine -> machine.log("shared", connector).stream())
                .filter(step -> step.path("what").asString().equals("no_bucket"))
                .count();
    }

    /** What somebody without the key makes of the objects that he finds. */
    @FunctionalInterface
    private interface Forgery {
        SortedMap<String, byte[]> of(SortedMap<String, byte[]> right);
    }

    private static SortedMap<String, byte[]> flipped(SortedMap<String, byte[]> right) {
        return each(right, content -> {
            byte[] changed = content.clone();
            changed[changed.length - 1] ^= 1;
            return changed;
        });
    }

    private static SortedMap<String, byte[]> cut(SortedMap<String, byte[]> right) {
        return each(right, content -> Arrays.copyOf(content, content.length / 2));
    }

    private static SortedMap<String, byte[]> each(SortedMap<String, byte[]> right, UnaryOperator<byte[]> change) {
        SortedMap<String, byte[]> changed = new TreeMap<>(right);
        changed.replaceAll((name, content) -> change.apply(content));
        return changed;
    }

    private static SortedMap<String, byte[]> swapped(SortedMap<String, byte[]> right) {
        assertThat(right).hasSize(2);
        SortedMap<String, byte[]> changed = new TreeMap<>();
        changed.put(right.firstKey(), right.get(right.lastKey()));
        changed.put(right.lastKey(), right.get(right.firstKey()));
        return changed;
    }

    @Test
    void olderCopiesAreNoticedAndReplacedByWhatIsNewest() {
        SortedMap<String, byte[]> then = grants();
        fleet.connectors().forEach(connector -> awaitRefreshesOf(connector, 2));
        then.forEach(bucket::plant);
        assertRollBackIsNoticed();
        then.forEach((name, content) ->
                assertThat(bucket.objects().get(name)).as(name).isNotEqualTo(content));
        assertAllGoesOn();
    }

    @Test
    void deletedObjectsAreNoticedAndWrittenAgain() {
        Set<String> names = Set.copyOf(grants().keySet());
        fleet.connectors().forEach(connector -> awaitRefreshesOf(connector, 1));
        awaitAllHoldTheSame(); // a machine that has not seen the newest cannot know that something is missing
        bucket.rollBack(new TreeMap<>());
        assertRollBackIsNoticed();
        await(() -> bucket.objects().keySet().containsAll(names), ONE);
        assertThat(bucket.objects()).containsKey("prod/keys/ring");
        assertAllGoesOn();
    }

    /** The server cannot be told whose turn it is, so this may end a login, for all to see; it is told by whom it was done to. */
    @Test
    void turnThatIsPutBackWhileItLastsIsTold() {
        fleet.connectors().forEach(connector -> awaitRefreshesOf(connector, 1));
        SortedMap<String, byte[]> nobodys = bucket.objects();
        nobodys.keySet().removeIf(name -> !name.startsWith(LEASES));
        CompletableFuture<Void> asked = new CompletableFuture<>();
        CompletableFuture<Void> letGo = new CompletableFuture<>();
        Supplier<CompletionStage<?>> until = () -> {
            asked.complete(null);
            return letGo;
        };
        fleet.tokenFaults.next(1, new TokenFault.HoldAfterCommit(until), "refresh_token");
        await(asked::isDone, ONE);
        nobodys.forEach(bucket::plant);
        letGo.complete(null);
        await(
                () -> fleet.machines().stream()
                        .anyMatch(machine -> machine.product().log("shared").stream()
                                .anyMatch(step ->
                                        step.path("why").asString("").startsWith("somebody wrote over the turn"))),
                ONE);
    }

    private void awaitAllHoldTheSame() {
        await(
                () -> fleet.connectors().stream()
                        .allMatch(connector -> fleet.machines().stream()
                                        .map(machine -> machine.generation(connector))
                                        .distinct()
                                        .count()
                                == 1),
                ONE);
    }

    private void assertRollBackIsNoticed() {
        for (String connector : fleet.connectors()) {
            await(
                    () -> fleet.machines().stream().anyMatch(machine -> isTold(machine, connector, "rolled_back")),
                    connector);
        }
        FleetMachine teller = fleet.machines().stream()
                .filter(machine -> isTold(machine, ONE, "rolled_back"))
                .findFirst()
                .orElseThrow();
        await(() -> teller.product().runWell("sync", "explain", ONE).text().contains("ROLLED BACK"), ONE);
    }

    private void await(BooleanSupplier condition, String connector) {
        Await.until(LIMIT, PACE, condition, fleet.standing(connector));
    }

    private static boolean isTold(FleetMachine machine, String connector, String what) {
        return machine.log("shared", connector).stream()
                .anyMatch(step -> step.path("what").asString().equals(what));
    }

    private SortedMap<String, byte[]> grants() {
        SortedMap<String, byte[]> grants = bucket.objects();
        grants.keySet().removeIf(name -> !name.startsWith(GRANTS));
        return grants;
    }

    /** Refreshed and served by all, and nothing old or strange was ever shown to a server. */
    private void assertAllGoesOn() {
        fleet.connectors().forEach(connector -> {
            awaitRefreshesOf(connector, 1);
            fleet.awaitServedEverywhere(connector);
        });
        assertThat(fleet.auth.counts().reuses()).isZero();
        assertThat(fleet.auth.counts().redemptions())
                .allSatisfy(one -> assertThat(one.times()).isLessThanOrEqualTo(1));
        for (FleetMachine machine : fleet.machines()) {
            for (String connector : fleet.connectors()) {
                assertThat(machine.log("exchange", connector).stream()
                                .filter(line -> line.path("upstream_status").asInt(0) == 200)
                                .map(line -> line.path("generation").asLong()))
                        .as("what %s was served with on %s", connector, machine)
                        .isSorted();
            }
        }
    }
}
