// SPDX-License-Identifier: Apache-2.0
package dev.vigil.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.SimulatedIssuer.Reuse;
import dev.vigil.vault.MemoryFiles;
import dev.vigil.vault.SharedSeal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What sharing costs on a calm day, in the figures of {@code docs/sync.md}. */
class FleetCostTest {
    private static final int GRANTS = 20;
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration HOURS = Duration.ofHours(3);

    @TempDir
    private static Path folder;

    private static SharedSeal seal;

    @BeforeAll
    static void oneKeyForAll() {
        seal = MemoryFiles.seal(folder);
    }

    @Test
    void machinesRefreshTogetherAsOftenAsOne() {
        bearable(life(1, HOURS), HOURS);
        bearable(life(10, HOURS), HOURS);
    }

    /** {@code mvn -Pstorm test -pl sync -am -Dtest=FleetCostTest -Dsurefire.failIfNoSpecifiedTests=false} */
    @Test
    @Tag("storm")
    void hundredMachinesRefreshAsOftenAsOne() {
        for (int machines : new int[] {1, 10, 100}) {
            bearable(life(machines, DAY), DAY);
        }
    }

    /** Listings follow the clock, whatever there is to share; and everybody has what anybody refreshed within a round. */
    private static void bearable(Fleet fleet, Duration length) {
        assertThat(fleet.judge.problems()).isEmpty();
        int rounds = Math.toIntExact(length.dividedBy(Fleet.EVERY));
        for (Box box : fleet.boxes) {
            assertThat(box.meter.of("LIST")).isBetween(rounds * 9 / 10, rounds * 12 / 10);
            assertThat(box.meter.all()).as("requests of one machine").isLessThan(4 * rounds);
        }
        // Tokens of an hour are renewed when 70 to 80 % of it are over.
        long lifetimes = GRANTS * length.toHours();
        assertThat((long) fleet.judge.figures().refreshes).isBetween(lifetimes * 9 / 10, lifetimes * 3 / 2);
        assertThat(adoption(fleet, 1)).isLessThan(Judge.BOUND);
    }

    private static Fleet life(int machines, Duration length) {
        SplittableRandom chance = new SplittableRandom(machines);
        Fleet fleet = new Fleet(machines + " machines", seal, chance.split(), Parts.AS_THEY_ARE);
        for (int i = 0; i < GRANTS; i++) {
            fleet.connector("c" + i, Reuse.STRICT, Duration.ofHours(1));
        }
        for (int i = 0; i < machines; i++) {
            Box box = fleet.machine("m" + i, Duration.ofMillis(chance.nextLong(2000)));
            fleet.truth.schedule(Duration.ofMillis(chance.nextLong(30_000)), box::start);
        }
        fleet.advance(Duration.ofMinutes(1));
        fleet.names().forEach(name -> fleet.boxes.get(0).process().orElseThrow().login(name));
        fleet.advance(length);
        fleet.judge.close();
        System.out.println(row(fleet));
        return fleet;
    }

    private static String row(Fleet fleet) {
        return String.format(
                Locale.ROOT,
                "%d machines, %s: a machine LIST %d, GET %d, PUT %d; for each grant %d, all together %d; MB up %.1f, down %.1f, of it pages %.1f;"
                        + " adopted after %s (median), %s (99 %%), %s (most); refreshes %d; %s",
                fleet.boxes.size(),
                fleet.age(),
                average(fleet, meter -> meter.of("LIST")),
                average(fleet, meter -> meter.of("GET")),
                average(fleet, meter -> meter.of("PUT")),
                average(fleet, BucketMeter::all) / GRANTS,
                average(fleet, BucketMeter::all) * fleet.boxes.size() / GRANTS,
                average(fleet, BucketMeter::up) / 1e6,
                average(fleet, BucketMeter::down) / 1e6,
                average(fleet, BucketMeter::ofPages) / 1e6,
                seconds(adoption(fleet, 0.5)),
                seconds(adoption(fleet, 0.99)),
                seconds(adoption(fleet, 1)),
                fleet.judge.figures().refreshes,
                byKind(fleet));
    }

    /** Over the machines. */
    private static long average(Fleet fleet, ToLongFunction<BucketMeter> what) {
        return fleet.boxes.stream().map(box -> box.meter).mapToLong(what).sum() / fleet.boxes.size();
    }

    private static Map<String, Integer> byKind(Fleet fleet) {
        TreeMap<String, Integer> sums = new TreeMap<>();
        fleet.boxes.forEach(
                box -> box.meter.requests().forEach((kind, count) -> sums.merge(kind, count, Integer::sum)));
        sums.replaceAll((kind, count) -> count / fleet.boxes.size());
        return sums;
    }

    /** @param share of all adoptions that were at least so fast; zero where there were none */
    private static Duration adoption(Fleet fleet, double share) {
        List<Duration> sorted =
                fleet.judge.figures().adoptions.stream().sorted().toList();
        return sorted.isEmpty() ? Duration.ZERO : sorted.get((int) Math.ceil(share * sorted.size()) - 1);
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
    }
}
