// SPDX-License-Identifier: Apache-2.0
package dev.vigil.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.SimulatedIssuer.Reuse;
import dev.vigil.auth.Turns;
import dev.vigil.fleet.Judge.Kind;
import dev.vigil.vault.MemoryFiles;
import dev.vigil.vault.SharedSeal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three machines share their logins for half a day of storm, with the real keeper, refreshers and rounds, and everything
 * outside simulated. What is promised stands in {@link Judge}.
 */
class FleetTest {
    private static final Duration MORNING = Duration.ofHours(4);

    @TempDir
    private static Path folder;

    private static SharedSeal seal;

    @BeforeAll
    static void oneKeyForAll() {
        seal = MemoryFiles.seal(folder);
    }

    @Test
    void loginsOutliveStormsOverThreeMachines() {
        List<Fleet> lives = LongStream.of(1, 3) // with clocks that disagree, and with clocks that agree
                .mapToObj(seed -> Lives.live(seed, Lives.HALF_A_DAY, seal, Parts.AS_THEY_ARE))
                .toList();
        lives.forEach(fleet -> System.out.println(summary(fleet)));
        assertThat(lives).flatMap(fleet -> fleet.judge.problems()).isEmpty();
        assertThat(lives).allSatisfy(fleet -> {
            assertThat(fleet.judge.figures().refreshes).isGreaterThan(100);
            assertThat(fleet.judge.figures().early).isLessThan(fleet.judge.figures().refreshes / 3);
        });
    }

    @Test
    void sameSeedTellsTheSameStory() {
        String once = summary(Lives.live(6, MORNING, seal, Parts.AS_THEY_ARE));
        assertThat(summary(Lives.live(6, MORNING, seal, Parts.AS_THEY_ARE))).isEqualTo(once);
    }

    @Test
    void machinesThatRefreshAloneAreFoundOut() {
        assertThat(broken(Planted.withoutLease(), 1)).contains(Kind.SENT_TWICE, Kind.GRANT_LOST);
    }

    @Test
    void machinesThatIgnoreWhatOthersBeganAreFoundOut() {
        assertThat(broken(Planted.withoutOthersIntents(seal), 1)).contains(Kind.SENT_TWICE);
    }

    @Test
    void machineThatSleptBeforeItsPostSendsNothingAnyMore() {
        assertThat(asleepBeforeThePost(Parts.AS_THEY_ARE).judge.problems()).isEmpty();
        assertThat(asleepBeforeThePost(Planted.withoutTheCheckBeforeTheWrite())
                        .judge
                        .figures()
                        .broken)
                .containsKey(Kind.SENT_TWICE);
    }

    /** Meanwhile a person has lost patience, and lets the other machine take over. */
    private static Fleet asleepBeforeThePost(Parts parts) {
        Fleet fleet = new Fleet("asleep before the POST", seal, new SplittableRandom(1), parts);
        Box laptop = fleet.machine("laptop", Duration.ZERO);
        Box cloud = fleet.machine("cloud", Duration.ZERO);
        fleet.connector("hour", Reuse.STRICT, Duration.ofHours(1));
        List<Box> asleep = new ArrayList<>();
        fleet.fates = new Calm(fleet.chance.split()) {
            @Override
            public void step(Box box, String step) {
                if (step.equals("connected") && asleep.isEmpty()) {
                    asleep.add(box);
                    box.sleep(Duration.ofMinutes(25), Box.Sleep.SUSPENDED, step);
                    Turns.pause(Duration.ofMillis(1)); // until it wakes
                }
            }
        };
        fleet.boxes.forEach(Box::start);
        laptop.process().orElseThrow().login("hour");
        while (asleep.isEmpty()) {
            fleet.advance(Duration.ofMinutes(1));
        }
        Daemon awake = (asleep.contains(laptop) ? cloud : laptop).process().orElseThrow();
        for (int attempt = 0; attempt < 6; attempt++) { // as long as its daemon takes the lease for alive, in vain
            awake.takeOver("hour");
            fleet.advance(Duration.ofMinutes(3));
        }
        fleet.advance(Duration.ofMinutes(20));
        fleet.judge.close();
        return fleet;
    }

    /** The intent alone would hold them, so it is left out, too. */
    @Test
    void machinesThatSendWithoutTheNewestStateAreFoundOut() {
        assertThat(broken(Planted.withoutTheNewestState(seal), 1)).contains(Kind.GRANT_LOST);
    }

    @Test
    void leaseThatIsTooShortIsFoundOut() {
        assertThat(broken(Planted.withAShortLease(), 1)).contains(Kind.NOT_ITS_TURN);
    }

    /** {@code mvn -Pstorm test -pl sync -am}; {@code -Dstorm.first} and {@code -Dstorm.seeds} choose others. */
    @Test
    @Tag("storm")
    void loginsOutliveThousandsOfStorms() {
        long first = Long.getLong("storm.first", 1);
        long seeds = Long.getLong("storm.seeds", 3000);
        List<String> problems = LongStream.range(first, first + seeds)
                .parallel()
                .mapToObj(seed -> Lives.live(seed, Lives.HALF_A_DAY, seal, Parts.AS_THEY_ARE))
                .peek(fleet -> System.out.println(summary(fleet)))
                .flatMap(fleet -> fleet.judge.problems().stream())
                .toList();
        assertThat(problems.size() + " broken promises\n"
                        + String.join("\n", problems.subList(0, Math.min(10, problems.size()))))
                .isEqualTo("0 broken promises\n");
    }

    private static Iterable<Kind> broken(Parts parts, long seed) {
        return Lives.live(seed, MORNING, seal, parts).judge.figures().broken.keySet();
    }

    private static String summary(Fleet fleet) {
        return fleet.judge.story() + ": " + fleet.judge.figures();
    }
}
