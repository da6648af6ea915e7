// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.Authorization;
import dev.vigil.auth.Connector;
import dev.vigil.auth.Grant;
import dev.vigil.auth.Timeline;
import dev.vigil.vault.Home;
import dev.vigil.vault.Vault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotRoundsTest {
    private static final Authorization LOGGED_OUT = new Authorization.LoggedOut(Optional.empty());
    private static final Authorization OPEN = new Authorization.NotNeeded();

    @TempDir
    Path folder;

    private final Timeline time = new Timeline();
    private final FakeServer server = new FakeServer();
    private final List<String> told = new ArrayList<>();
    private final List<Connector> connectors = new ArrayList<>(List.of(Owners.DOCS));
    private final Map<String, Authorization> held = new HashMap<>(Map.of("docs", OPEN));
    private Vault vault;
    private SnapshotBook book;
    private SnapshotRounds rounds;

    @BeforeEach
    void open() {
        vault = Vault.open(Home.below(folder.resolve("home")), Optional.empty());
        restart();
    }

    private void restart() {
        book = new SnapshotBook(vault.snapshots());
        assertThat(book.load()).isEmpty();
        SnapshotRounds.Told log = new SnapshotRounds.Told() {
            @Override
            public void taken(String connector, String what) {
                told.add(connector + " taken: " + what);
            }

            @Override
            public void notTaken(String connector, String reason) {
                told.add(connector + " not taken: " + reason);
            }
        };
        rounds = new SnapshotRounds(
                book,
                new SnapshotTaker(server, time),
                () -> connectors,
                name -> held.getOrDefault(name, LOGGED_OUT),
                time,
                log,
                time);
    }

    @Test
    void takenAtTheStartWhereThereIsNone() {
        rounds.start();

        assertThat(told).containsExactly("docs taken: 2026-07-28: tools 1; 2025-11-25: tools 1");
        assertThat(book.of(Owner.of(Owners.DOCS, Optional.empty()))).hasSize(2);
    }

    @Test
    void youngSnapshotIsNotTakenAgainAfterARestart() {
        rounds.look();
        restart();
        told.clear();
        time.advance(Duration.ofHours(1));
        rounds.look();

        assertThat(told).isEmpty();
    }

    @Test
    void takenDailyGiveOrTakeATenth() {
        rounds.start();
        told.clear();
        time.advance(Duration.ofHours(21).plusMinutes(35));
        assertThat(told).isEmpty();
        time.advance(Duration.ofMinutes(26).plusHours(2));

        assertThat(told).hasSize(1);
    }

    @Test
    void clockThatWasSetBackMakesItStale() {
        rounds.look();
        time.leap(Duration.ofDays(-30));
        time.advance(Duration.ofMinutes(2));
        told.clear();
        rounds.look();

        assertThat(told).hasSize(1);
    }

    @Test
    void failureIsTriedAgainLessAndLessOften() {
        server.trouble = Optional.of("connection refused");
        rounds.start();
        time.advance(Duration.ofHours(24));

        assertThat(told)
                .hasSizeBetween(10, 13)
                .allMatch(line -> line.equals(
                        "docs not taken: server/discover: connection refused; initialize: connection refused"));
        server.trouble = Optional.empty();
        time.advance(Duration.ofHours(6).plusSeconds(2));
        assertThat(told).last().asString().startsWith("docs taken: ");
    }

    @Test
    void failureKeepsTheOlderSnapshot() {
        rounds.look();
        List<Snapshot> before = book.of(Owner.of(Owners.DOCS, Optional.empty()));
        server.trouble = Optional.of("connection refused");
        time.advance(Duration.ofDays(2));
        rounds.look();

        assertThat(told).last().asString().startsWith("docs not taken: ");
        assertThat(book.of(Owner.of(Owners.DOCS, Optional.empty()))).isEqualTo(before);
    }

    @Test
    void announcedChangeIsTakenOnceAMinuteAtMost() {
        rounds.look();
        for (int i = 0; i < 120; i++) {
            rounds.changed("docs");
            time.advance(Duration.ofSeconds(1));
            rounds.look();
        }

        assertThat(told).hasSize(3);
    }

    @Test
    void removedConnectorIsForgotten() {
        rounds.look();
        connectors.clear();
        rounds.look();

        assertThat(book.connectors()).isEmpty();
        assertThat(vault.snapshots().keys()).isEmpty();
    }

    @Test
    void logoutForgetsAndTheNextLoginIsTakenAtOnce() {
        login(Owners.login(1, time.now().wall()));
        rounds.look();
        assertThat(told).hasSize(1);
        held.put("notion", LOGGED_OUT);
        rounds.look();
        assertThat(book.connectors()).isEmpty();
        login(Owners.login(2, time.now().wall()));
        rounds.look();

        assertThat(told).hasSize(2).allMatch(line -> line.startsWith("notion taken: "));
    }

    @Test
    void newLoginOfTheSameAccountIsTakenAtOnce() {
        login(Owners.loginOf("ann", 1, time.now().wall()));
        rounds.look();
        login(Owners.loginOf("ann", 2, time.now().wall()));
        rounds.look();

        assertThat(told).hasSize(2);
    }

    @Test
    void deadLoginIsNotAskedForAndNotForgotten() {
        Grant grant = Owners.login(1, time.now().wall());
        login(grant);
        rounds.look();
        held.put("notion", Owners.dead(grant));
        time.advance(Duration.ofDays(3));
        rounds.look();

        assertThat(told).hasSize(1);
        assertThat(book.connectors()).containsExactly("notion");
    }

    @Test
    void loginThatChangesUnderATakeIsNotMixedUpWithIt() {
        login(Owners.loginOf("ann", 1, time.now().wall()));
        server.on("tools/list", (request, id) -> {
            held.put(
                    "notion",
                    LiveAuthorizations.of(Owners.loginOf("bob", 2, time.now().wall()), time));
            return FakeServer.result(id, "{'tools':[]}");
        });
        rounds.look();

        assertThat(told).containsExactly("notion not taken: the login changed meanwhile");
        assertThat(book.connectors()).isEmpty();
    }

    private void login(Grant grant) {
        connectors.clear();
        connectors.add(Owners.NOTION);
        held.put("notion", LiveAuthorizations.of(grant, time));
    }
}
