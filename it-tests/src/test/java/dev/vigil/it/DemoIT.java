// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first thing that a newcomer runs, in both its forms; side by side, since each takes three token lifetimes. */
class DemoIT {
    private static final Duration STORY = Duration.ofMinutes(4);
    private static final Duration MOMENT = Duration.ofSeconds(20);

    @Test
    void bothFormsTellTheWholeStoryAndLeaveNothingBehind(
            @TempDir Path home, @TempDir Path once, @TempDir Path staying) {
        try (Child short1 = product(home, once).start("demo", "--once");
                Child long1 = product(home, staying).start("demo")) {
            assertThat(short1.awaitExit(STORY)).as(short1.story()).isZero();
            assertStory(short1.output());

            long1.awaitLine(line -> line.startsWith("Type revoke, login or quit."), STORY);
            assertStory(long1.output());
            long1.type("revoke");
            long1.awaitLine(line -> line.startsWith("Revoked."), MOMENT);
            long1.type("login");
            Await.until(MOMENT, () -> logins(long1) == 3, long1::story);
            long1.type("quit");
            assertThat(long1.awaitExit(MOMENT)).as(long1.story()).isZero();
        }
        assertThat(once).as("what was temporary").isEmptyDirectory();
        assertThat(staying).as("what was temporary").isEmptyDirectory();
        assertThat(home).as("the user's own home").isEmptyDirectory();
    }

    private static void assertStory(List<String> lines) {
        assertThat(lines).noneMatch(line -> line.contains("BAD")).contains("Every step was as promised.");
        assertThat(lines)
                .filteredOn(line -> line.contains("renewed ahead of its end"))
                .hasSizeGreaterThanOrEqualTo(3);
        assertThat(lines).filteredOn(line -> line.contains("whoami answered")).hasSizeGreaterThan(20);
        assertThat(lines)
                .anyMatch(line ->
                        line.matches(" *claude mcp add --transport http demo http://127\\.0\\.0\\.1:\\d+/mcp/demo"
                                + " --header \"Authorization: Bearer vgl_.*\""))
                .anyMatch(line ->
                        line.contains("| authorization expired for demo: skipped. The call to whoami was not sent."))
                .anyMatch(line -> line.contains("\"kind\":\"authorization_expired\""));
    }

    private static long logins(Child demo) {
        return demo.output().stream()
                .filter(line -> line.contains("demo: logged in"))
                .count();
    }

    private static Product product(Path home, Path temporary) {
        return new Product(home).with("-Djava.io.tmpdir=" + temporary);
    }
}
