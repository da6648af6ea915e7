// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.app.FallbackRun.Finding;
import dev.vigil.app.FallbackRun.Outcome;
import dev.vigil.auth.Connector;
import dev.vigil.auth.FailureCategory;
import dev.vigil.auth.Grant;
import dev.vigil.auth.Grants;
import dev.vigil.auth.MemoryBeats;
import dev.vigil.auth.MemoryVault;
import dev.vigil.auth.RefreshOutcome;
import dev.vigil.auth.RefreshOutcome.Adopted;
import dev.vigil.auth.RefreshOutcome.Refreshed;
import dev.vigil.auth.RefreshOutcome.Rejected;
import dev.vigil.auth.RefreshOutcome.Unanswered;
import dev.vigil.auth.RefreshOutcome.Unreachable;
import dev.vigil.auth.RefreshPolicy;
import dev.vigil.auth.RefreshSettings;
import dev.vigil.auth.Refusal;
import dev.vigil.auth.Timeline;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the fallback does, connector by connector, with time and outcomes made up. */
class FallbackTest {
    private static final Connector NOTION = Connector.oauth("notion", Grants.SERVER);

    private final Timeline time = new Timeline();
    private final Instant start = time.now().wall();
    private final MemoryVault vault = new MemoryVault(time);
    private final MemoryBeats beats = new MemoryBeats();
    private final Grant held = Grants.lasting(Duration.ofHours(1), start);
    private final List<Grant> sent = new ArrayList<>();
    /** Connectors that the daemon of another machine looks after. */
    private final Set<String> elsewhere = new HashSet<>();

    /** Near the end of the token another machine's daemon is no excuse. */
    @ParameterizedTest
    @CsvSource({"50, false", "58, true", "61, true"})
    void otherMachinesDaemonCountsWhileThereIsTime(int minutes, boolean acts) {
        elsewhere.add("notion");
        vault.appear(held);
        time.advance(Duration.ofMinutes(minutes));
        run(this::renewed);
        assertThat(sent).hasSize(acts ? 1 : 0);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                // minutes since the login of an hour | seconds since the heartbeat | acts
                "30,    -, false",
                "30, 3600, false",
                "50,    -, true",
                "50,    0, false",
                "50,   90, false",
                "50,   91, true",
                "50, 3000, true",
                "50,  -90, false", // the clock was set back a little
                "50,  -91, true",
                "90,   91, true"
            })
    void actsOnlyWhereTheTimeHasComeAndTheMainLoopHasMissedIt(long minutes, @Nullable Long beatAge, boolean acts) {
        vault.appear(held);
        time.advance(Duration.ofMinutes(minutes));
        if (beatAge != null) {
            beats.completed("notion", time.now().wall().minusSeconds(beatAge));
        }
        FallbackRun run = run(this::renewed);

        assertThat(sent).hasSize(acts ? 1 : 0);
        assertThat(run.isIncident()).isEqualTo(acts);
        assertThat(run.exit()).isZero();
        assertThat(run.findings().get(0).outcome()).isEqualTo(acts ? Outcome.REFRESHED : Outcome.FRESH);
    }

    /** A machine that wakes up finds every token expired, and has them renewed within the next cycles of its daemon. */
    @ParameterizedTest
    @CsvSource({
        // seconds since the end of the token | seconds since the heartbeat | exit code
        "-60,  30, 0",
        "60,   30, 0",
        "90,   30, 0",
        "91,   30, 5",
        "3600,  0, 5"
    })
    void tokenThatExpiresInTheCareOfTheMainLoopIsToldAndLeftAlone(int expired, int beatAge, int exit) {
        vault.appear(held);
        time.advance(Duration.ofHours(1).plusSeconds(expired));
        beats.completed("notion", time.now().wall().minusSeconds(beatAge));
        FallbackRun run = run(this::renewed);

        assertThat(sent).isEmpty();
        assertThat(run.isIncident()).isFalse();
        assertThat(run.exit()).isEqualTo(exit);
        assertThat(run.findings())
                .containsExactly(
                        exit == 0
                                ? Finding.seen("notion", Outcome.FRESH, Optional.empty())
                                : Finding.seen("notion", Outcome.NOT_RENEWED, Optional.of("laptop has not told")));
    }

    static Stream<Arguments> outcomes() {
        Grant grant = Grants.lasting(Duration.ofHours(1), new Timeline().now().wall());
        return Stream.of(
                Arguments.of(new Refreshed(grant, Optional.empty()), Outcome.REFRESHED, true, 0),
                Arguments.of(new Adopted(grant), Outcome.FRESH, false, 0),
                Arguments.of(new Rejected(grant, "invalid_grant"), Outcome.LOGIN_NEEDED, true, 3),
                Arguments.of(unreachable(FailureCategory.NETWORK), Outcome.UNREACHABLE, true, 5),
                Arguments.of(unreachable(FailureCategory.AUTH), Outcome.UNREACHABLE, true, 5),
                Arguments.of(unreachable(FailureCategory.STORAGE), Outcome.STORAGE, true, 6),
                Arguments.of(new Unanswered("reset"), Outcome.UNANSWERED, true, 5));
    }

    @ParameterizedTest
    @MethodSource("outcomes")
    void eachOutcomeHasItsWordAndExitCode(RefreshOutcome outcome, Outcome word, boolean acted, int exit) {
        vault.appear(held);
        time.advance(Duration.ofMinutes(50));
        FallbackRun run = run(grant -> outcome);

        assertThat(run.findings().get(0).outcome()).isEqualTo(word);
        assertThat(run.isIncident()).isEqualTo(acted);
        assertThat(run.exit()).isEqualTo(exit);
    }

    @Test
    void everyOutcomeIsInTheTable() {
        List<Class<?>> inTheTable = new ArrayList<>();
        outcomes().forEach(row -> inTheTable.add(row.get()[0].getClass()));
        assertThat(inTheTable).contains(RefreshOutcome.class.getPermittedSubclasses());
    }

    @Test
    void refusedLoginIsToldAndTheServerIsNotAskedAgain() {
        vault.appear(held.refused(new Refusal("invalid_grant", start)));
        time.advance(Duration.ofHours(2));

        assertThat(run(this::renewed).findings())
                .containsExactly(Finding.seen("notion", Outcome.LOGIN_NEEDED, Optional.of("invalid_grant")));
        assertThat(sent).isEmpty();
    }

    @Test
    void withoutALoginForThisServerThereIsNothingToDo() {
        assertThat(run(this::renewed).findings()).extracting(Finding::outcome).containsExactly(Outcome.LOGGED_OUT);
        vault.appear(held);
        time.advance(Duration.ofHours(2));
        Connector moved = Connector.oauth("notion", URI.create("https://other.example.com/mcp"));

        assertThat(fallback(this::renewed).run(List.of(moved)).findings())
                .extracting(Finding::outcome)
                .containsExactly(Outcome.LOGGED_OUT);
        assertThat(sent).isEmpty();
    }

    @Test
    void loginThatCannotBeReadDoesNotKeepTheOthersWaiting() {
        vault.appear(held);
        vault.makeUnreadable("broken", "grants/broken.sealed is damaged");
        time.advance(Duration.ofMinutes(50));
        FallbackRun run = fallback(this::renewed).run(List.of(Connector.oauth("broken", Grants.SERVER), NOTION));

        assertThat(run.findings()).extracting(Finding::outcome).containsExactly(Outcome.STORAGE, Outcome.REFRESHED);
        assertThat(run.exit()).isEqualTo(6);
    }

    @Test
    void tokensThatCouldNotBeKeptAreAMatterOfStorage() {
        vault.appear(held);
        time.advance(Duration.ofMinutes(50));
        FallbackRun run = run(grant -> new Refreshed(Grants.renewed(grant, start), Optional.of("disk full")));

        assertThat(run.findings())
                .containsExactly(Finding.acted("notion", Outcome.STORAGE, Optional.of("disk full"), Optional.empty()));
        assertThat(run.exit()).isEqualTo(6);
    }

    private FallbackRun run(Function<Grant, RefreshOutcome> answer) {
        return fallback(answer).run(List.of(NOTION));
    }

    private Fallback fallback(Function<Grant, RefreshOutcome> answer) {
        return new Fallback(
                vault,
                new MainLoop(beats, elsewhere::contains, grant -> "laptop has not told", time),
                new RefreshPolicy("laptop", name -> RefreshSettings.DEFAULT),
                (grant, terms) -> {
                    sent.add(grant);
                    return answer.apply(grant);
                },
                time);
    }

    private RefreshOutcome renewed(Grant grant) {
        return new Refreshed(Grants.renewed(grant, time.now().wall()), Optional.empty());
    }

    private static Unreachable unreachable(FailureCategory category) {
        return new Unreachable(category, "no", Optional.empty());
    }
}
