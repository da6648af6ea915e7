// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.vault.Home;
import dev.vigil.vault.Vault;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PassingListsTest {
    private static final Owner ANN = Owners.of(Owners.loginOf("ann", 1, Owners.LOGIN));
    private static final Owner BOB = Owners.of(Owners.loginOf("bob", 1, Owners.LOGIN));

    @TempDir
    Path folder;

    private SnapshotBook book;
    private PassingLists passing;

    @BeforeEach
    void open() {
        Home home = Home.below(folder.resolve("home"));
        book = new SnapshotBook(Vault.open(home, Optional.empty()).snapshots());
        book.put(SnapshotBookTest.snapshot(ANN, "2025-11-25", "old"));
        passing = new PassingLists(book);
    }

    @Test
    void wholeListReplacesTheOneThatIsKnown() {
        assertThat(heard(ANN, "2025-11-25", "{'result':{'tools':[{'name':'new'}]}}"))
                .isTrue();
        assertThat(tools()).isEqualTo("[{\"name\":\"new\"}]");
        assertThat(heard(ANN, "2025-11-25", "{'result':{'tools':[{'name':'new'}]}}"))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'result':{'tools':[{'name':'new'}],'nextCursor':'2'}}",
                "{'result':{'tools':[{'name':7}]}}",
                "{'result':{'tools':'none'}}",
                "{'error':{'code':1401,'message':'skipped'}}",
                "[]",
                "{'result':{'tools':",
                ""
            })
    void whatIsNoWholeListChangesNothing(String body) {
        assertThat(heard(ANN, "2025-11-25", body)).isFalse();
        assertThat(tools()).isEqualTo("[{\"name\":\"old\"}]");
    }

    @Test
    void nothingIsLearntForOthersOrOtherRevisions() {
        assertThat(heard(BOB, "2025-11-25", "{'result':{'tools':[]}}")).isFalse();
        assertThat(heard(ANN, "2025-06-18", "{'result':{'tools':[]}}")).isFalse();
        assertThat(heard(ANN, "2026-07-28", "{'result':{'tools':[]}}")).isFalse();
        assertThat(book.of(BOB)).isEmpty();
        assertThat(tools()).isEqualTo("[{\"name\":\"old\"}]");
    }

    @Test
    void laterPageIsNoWholeList() {
        Ask second = new Ask("1", "tools/list", Optional.of("2025-11-25"), Optional.of("2"));

        assertThat(passing.heard(ANN, second, "{\"result\":{\"tools\":[]}}".getBytes(UTF_8)))
                .isFalse();
    }

    private boolean heard(Owner owner, String revision, String body) {
        Ask ask = new Ask("1", "tools/list", Optional.of(revision), Optional.empty());
        return passing.heard(owner, ask, body.replace('\'', '"').getBytes(UTF_8));
    }

    private String tools() {
        return book.find(ANN, "2025-11-25")
                .orElseThrow()
                .list(ListKind.TOOLS)
                .orElseThrow()
                .items();
    }
}
