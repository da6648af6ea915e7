// SPDX-License-Identifier: Apache-2.0
package dev.vigil.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.TaskLoop;
import dev.vigil.auth.Timeline;
import dev.vigil.vault.Home;
import dev.vigil.vault.Vault;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Sessions of clients, over a restart and apart from each other. */
class SessionStoreTest {
    private static final String SERVER = "https://mcp.example.com/mcp";
    private static final SessionOwner CLAUDE = new SessionOwner("notion", SERVER, "claude-code");
    private static final LoginKey FIRST = new LoginKey(Optional.empty(), "1@2026-11-20T02:00:00Z");
    private static final LoginKey ANNA = new LoginKey(Optional.of("anna"), "1@2026-11-20T02:00:00Z");

    @TempDir
    private Path folder;

    private final Timeline time = new Timeline(Instant.parse("2026-11-21T02:00:00Z"));
    private final List<String> troubles = new ArrayList<>();

    private SessionStore open() {
        return open(vault());
    }

    private Vault vault() {
        Home home = Home.from(Map.of("VIGIL_HOME", folder.resolve("home").toString()), folder);
        return Vault.open(home, Optional.empty());
    }

    private SessionStore open(Vault vault) {
        return SessionStore.open(Optional.of(vault.sessions()), TaskLoop.named("sessions"), time, troubles::add);
    }

    @Test
    void sessionSurvivesARestartWithAllThatItTakesToBeginItAnew() {
        String id;
        try (SessionStore store = open()) {
            Session session = store.book().mint(CLAUDE, FIRST, "{\"method\":\"initialize\"}");
            session.begun(FIRST, Optional.of("upstream-1"));
            session.speaks("2025-06-18");
            session.logLevel("level");
            session.subscribed("file:///a", "a");
            session.subscribed("file:///b", "b");
            session.unsubscribed("file:///a");
            id = session.id();
        }
        try (SessionStore store = open()) {
            Session session = store.book().find(id, CLAUDE).orElseThrow();
            assertThat(session.handshake()).isEqualTo("{\"method\":\"initialize\"}");
            assertThat(session.upstreamId()).contains("upstream-1");
            assertThat(session.isBegun(FIRST)).isTrue();
            assertThat(session.protocolVersion()).contains("2025-06-18");
            assertThat(session.wishes()).containsExactly("level", "b");
        }
        assertThat(troubles).isEmpty();
    }

    @Test
    void nothingOfASessionStandsOnTheDiskInTheOpenAndAnEndedOneNotAtAll() throws IOException {
        Path file = folder.resolve("home/sessions/notion.sealed");
        String id;
        try (SessionStore store = open()) {
            id = store.book().mint(CLAUDE, FIRST, "{\"clientInfo\":1}").id();
        }
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).doesNotContain(id, "clientInfo", "claude");
        try (SessionStore store = open()) {
            store.book().forget(id);
        }
        assertThat(file).doesNotExist();
    }

    @Test
    void fileThatCannotBeOpenedIsNobodysTrouble() throws IOException {
        try (SessionStore store = open()) {
            store.book().mint(CLAUDE, FIRST, "{}");
        }
        Files.writeString(folder.resolve("home/sessions/notion.sealed"), "spoilt");
        try (SessionStore store = open()) {
            assertThat(store.book().kept()).isEmpty();
            store.book().mint(CLAUDE, FIRST, "{}");
        }
        try (SessionStore store = open()) {
            assertThat(store.book().kept()).hasSize(1);
        }
    }

    /** As while a disk or a key is out of reach. */
    @Test
    void sessionsThatCannotBeReadForNowAreNotWrittenOver() throws IOException {
        String old;
        try (SessionStore store = open()) {
            old = store.book().mint(CLAUDE, FIRST, "{}").id();
        }
        Path keys = folder.resolve("home/keys");
        Path away = folder.resolve("away");
        Vault vault = vault();
        Files.move(keys, away);
        String id;
        try (SessionStore store = open(vault)) {
            assertThat(troubles).singleElement().asString().contains("cannot be read");
            id = store.book().mint(CLAUDE, FIRST, "{}").id();
            Files.move(away, keys);
        }
        try (SessionStore store = open()) {
            assertThat(store.book().find(old, CLAUDE)).isPresent();
            assertThat(store.book().find(id, CLAUDE)).isPresent();
        }
    }

    @Test
    void useIsKeptThoughNothingElseChanges() {
        AtomicInteger changes = new AtomicInteger();
        SessionBook book = new SessionBook(time, changes::incrementAndGet);
        String id = book.mint(CLAUDE, FIRST, "{}").id();
        int before = changes.get();
        for (int i = 0; i < 10; i++) {
            time.advance(Session.GRAIN.dividedBy(10));
            book.find(id, CLAUDE);
        }
        assertThat(changes).as("within its grain").hasValue(before);
        time.advance(Duration.ofSeconds(1));
        book.find(id, CLAUDE);
        book.find(id, CLAUDE);
        assertThat(changes).hasValue(before + 1);
    }

    @Test
    void wishThatIsTooLongIsNotKept() {
        Session session = new SessionBook(time, () -> {}).mint(CLAUDE, FIRST, "{}");
        session.logLevel("x".repeat(Session.LONGEST_WISH + 1));
        session.subscribed("file:///a", "x".repeat(Session.LONGEST_WISH + 1));
        assertThat(session.wishes()).isEmpty();
        session.subscribed("file:///a", "x".repeat(Session.LONGEST_WISH));
        assertThat(session.wishes()).hasSize(1);
    }

    @Test
    void nobodyElseGetsToIt() {
        SessionBook book = new SessionBook(time, () -> {});
        Session session = book.mint(CLAUDE, FIRST, "{}");
        assertThat(book.find(session.id(), new SessionOwner("linear", SERVER, "claude-code")))
                .isEmpty();
        assertThat(book.find(session.id(), new SessionOwner("notion", SERVER, "codex")))
                .isEmpty();
        assertThat(book.find(session.id(), new SessionOwner("notion", "https://elsewhere.example/mcp", "claude-code")))
                .as("the connector leads elsewhere now")
                .isEmpty();
        assertThat(book.find(session.id(), CLAUDE)).contains(session);
    }

    @Test
    void loginOfAnotherAccountEndsItAndOneOfNobodyKnowsWhomDoesNot() {
        SessionBook book = new SessionBook(time, () -> {});
        Session annas = book.mint(CLAUDE, ANNA, "{}");
        annas.begun(ANNA, Optional.of("upstream-1"));
        assertThat(book.isOver(annas, ANNA)).isFalse();
        LoginKey unknown = new LoginKey(Optional.empty(), "2@2026-11-21T02:00:00Z");
        assertThat(book.isOver(annas, unknown)).isFalse();
        assertThat(annas.isBegun(unknown))
                .as("it has to be begun anew for that login")
                .isFalse();
        assertThat(book.isOver(annas, new LoginKey(Optional.of("bert"), "3@2026-11-21T03:00:00Z")))
                .isTrue();
        assertThat(book.find(annas.id(), CLAUDE)).isEmpty();
    }

    @Test
    void idleOnesAreForgottenAndThereAreNeverTooMany() {
        SessionBook book = new SessionBook(time, () -> {});
        Session old = book.mint(CLAUDE, FIRST, "{}");
        time.advance(SessionBook.LONGEST_IDLE.plusSeconds(1));
        Session first = book.mint(CLAUDE, FIRST, "{}");
        assertThat(book.find(old.id(), CLAUDE)).isEmpty();
        for (int i = 1; i < SessionBook.MOST; i++) {
            time.advance(Duration.ofSeconds(1));
            book.mint(CLAUDE, FIRST, "{}");
        }
        assertThat(book.find(first.id(), CLAUDE)).isPresent();
        time.advance(Duration.ofSeconds(1));
        Session second = book.mint(CLAUDE, FIRST, "{}");
        assertThat(book.kept()).hasSize(SessionBook.MOST);
        assertThat(book.find(first.id(), CLAUDE)).as("it was used a moment ago").isPresent();
        assertThat(book.find(second.id(), CLAUDE)).isPresent();
    }

    /** Written by the first version, which did not say for which server; must be readable for ever. */
    @Test
    void frozenSampleWithoutAServerIsReadAndItsSessionsAreNobodys() throws IOException {
        List<Kept> kept = SessionJson.read(sample("sessions-1.json"));
        assertThat(kept.get(0).subscriptions()).isEqualTo(new LinkedHashMap<>(Map.of("file:///a", "{}")));

        SessionBook book = new SessionBook(time, () -> {});
        kept.forEach(book::restore);
        assertThat(book.kept()).isEmpty();
    }

    /** Must be readable for ever. */
    @Test
    void frozenSampleIsReadAndWrittenTheSame() throws IOException {
        ObjectNode sample = sample("sessions-1-server.json");
        List<Kept> kept = SessionJson.read(sample);
        assertThat(SessionJson.write("notion", kept)).isEqualTo(sample);

        SessionBook book = new SessionBook(time, () -> {});
        kept.forEach(book::restore);
        assertThat(book.find("q83vASNFZ4mrze8BI0VniQ", CLAUDE)).isPresent();
    }

    private static ObjectNode sample(String name) throws IOException {
        try (InputStream in = SessionStoreTest.class.getResourceAsStream(name)) {
            return (ObjectNode) JsonMapper.shared().readTree(in);
        }
    }
}
