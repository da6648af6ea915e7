// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.Grant;
import dev.vigil.auth.Grants;
import dev.vigil.auth.Refusal;
import dev.vigil.sync.SharingPage.Seen;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComparisonTest {
    private static final Instant START = Instant.parse("2026-11-21T08:00:00Z");
    private static final Machine LAPTOP = new Machine("1", "laptop");

    /**
     * A grant is EPOCH.GENERATION, with ! when its server has refused it, and with a letter for which login it is; a dagger,
     * written x, is a logout; - is none.
     */
    @ParameterizedTest(name = "{0} here, {1} there, seen {2}, logged out {3}: {4}")
    @CsvSource({
        "-,     -,    -,    -, NOTHING,     false",
        "1.1a,  -,    -,    -, PUSH,        false",
        "1.1a!, -,    -,    -, NOTHING,     false",
        "-,     1.1a, -,    -, ADOPT,       false",
        "-,     x2.1, -,    -, NOTHING,     false",
        "1.1a,  1.1a, 1.1,  -, NOTHING,     false",
        "1.2a,  1.1a, 1.1,  -, PUSH,        false",
        "1.2a!, 1.1a, 1.1,  -, NOTHING,     false",
        "1.1a,  1.2a, 1.1,  -, ADOPT,       false",
        "1.9a,  2.1b, 1.9,  -, ADOPT,       false",
        "2.1b,  1.9a, 1.9,  -, PUSH,        false",
        "1.3a,  x2.3, 1.3,  -, REMOVE,      false",
        "2.1b,  x2.3, 1.3,  -, PUSH,        false",
        "3.1b,  x2.3, x2.3, -, PUSH,        false",
        // a login, made where nobody knew of the logout or of the refreshes before it: a logout's generation says
        // nothing
        "2.1b,  x2.3, x2.3, -, PUSH,        false",
        "2.1b,  2.1b, x2.3, -, NOTHING,     false",
        "2.1b,  2.2b, x2.3, -, ADOPT,       false",
        "-,     2.1b, x2.3, -, ADOPT,       false",
        "1.3a,  2.1b, x2.3, -, ADOPT,       false",
        "-,     x2.3, x2.5, -, NOTHING,     false",
        // two who did not know of each other
        "1.1a,  1.1b, -,    -, ASK,         false",
        "1.5a,  1.1b, -,    -, ASK,         false",
        "1.1a!, 1.1b, -,    -, ADOPT,       false",
        // a later one, which its server has refused before anybody saw it
        "3.1b!, 2.4a, 2.4,  -, ADOPT,       false",
        "3.1b!, x2.3, 1.3,  -, NOTHING,     false",
        "3.1b!, 2.4a, 3.1,  -, NOTHING,     true",
        // a bucket that was brought back to what it was
        "1.5a,  1.3a, 1.5,  -, PUSH,        true",
        "1.5a,  -,    1.5,  -, PUSH,        true",
        "1.4a,  1.3a, 1.5,  -, LEFT_BEHIND, true",
        "1.4a,  1.4a, 1.5,  -, LEFT_BEHIND, true",
        "-,     1.3a, x2.5, -, LEFT_BEHIND, true",
        "-,     -,    x2.5, -, LEFT_BEHIND, true",
        "3.6b,  1.3a, x2.5, -, PUSH,        true",
        "2.1b,  x2.3, 2.1,  -, PUSH,        true",
        "2.1b,  x2.3, 2.2,  -, LEFT_BEHIND, true",
        "-,     x2.3, 2.1,  -, LEFT_BEHIND, true",
        "2.1b,  1.9a, x2.3, -, PUSH,        true",
        "1.9a,  1.9a, x2.3, -, LEFT_BEHIND, true",
        // logged out here, and nobody knows
        "-,     1.3a, 1.3,  1, BURY,        false",
        "1.3a,  1.3a, 1.3,  1, BURY,        false",
        "-,     1.4a, 1.3,  1, BURY,        false",
        "-,     1.2a, 1.3,  1, BURY,        true",
        "-,     2.4b, 1.3,  1, ADOPT,       false",
        "-,     x2.3, 1.3,  1, NOTHING,     false",
        "2.1b,  1.3a, 1.3,  1, PUSH,        false",
        "2.1b!, 1.3a, 1.3,  1, BURY,        false",
    })
    void whatIsToBeDone(
            String ours, String theirs, String seen, String ended, Comparison.Need need, boolean rolledBack) {
        SharingPage page = SharingPage.BLANK.loggingOut(
                Optional.of(ended).filter(one -> !one.equals("-")).map(Long::valueOf));
        SharingPage knowing =
                state(seen).map(state -> page.seeing(Seen.of(state, START))).orElse(page);

        assertThat(Comparison.of(grant(ours), state(theirs), knowing)).isEqualTo(new Comparison(need, rolledBack));
    }

    private static Optional<Grant> grant(String written) {
        if (written.equals("-")) {
            return Optional.empty();
        }
        String[] parts = written.replaceAll("[a-z!]", "").split("\\.", 2);
        int login = written.contains("b") ? 2 : 1;
        Grant grant = Grants.of(
                "notion",
                Long.parseLong(parts[0]),
                Long.parseLong(parts[1]),
                START.plusSeconds(login),
                Optional.of(Duration.ofHours(1)),
                Optional.empty());
        return Optional.of(written.endsWith("!") ? grant.refused(new Refusal("invalid_grant", START)) : grant);
    }

    private static Optional<SharedState> state(String written) {
        if (written.startsWith("x")) {
            SharedState before = SharedState.of(grant(written).orElseThrow(), LAPTOP, START);
            return Optional.of(
                    new SharedState("notion", before.epoch(), before.generation(), LAPTOP, START, Optional.empty()));
        }
        return grant(written).map(grant -> SharedState.of(grant, LAPTOP, START));
    }
}
