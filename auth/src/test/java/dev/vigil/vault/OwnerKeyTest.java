// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.auth.Secret;
import dev.vigil.auth.VaultException;
import dev.vigil.auth.VaultException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OwnerKeyTest extends InAHome {
    @Test
    void isMadeOnceAndKnownToWhoeverMayReadTheFile() throws IOException {
        OwnerKey daemon = open();
        OwnerKey command = open();

        assertThat(daemon.matches(command.secret())).isTrue();
        assertThat(daemon.matches(new Secret("vgo_guess"))).isFalse();
        assertThat(Files.readString(home.ownerKey())).matches("vigil-owner-key 1 vgo_[A-Za-z0-9_-]{43}\n");
        assertThat(Modes.of(home.ownerKey())).isEqualTo("rw-------");
    }

    @Test
    void whatStandsBehindTheKeyIsForNewerVersions() throws IOException {
        Files.writeString(home.ownerKey(), "vigil-owner-key 1 vgo_abc made-by=someone\n");

        assertThat(open().matches(new Secret("vgo_abc"))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "'',                           UNREADABLE, is damaged. Stop the daemon and remove it",
        "vgo_abc,                      UNREADABLE, is damaged. Stop the daemon and remove it",
        "vigil-owner-key 0 vgo_abc,    UNREADABLE, is damaged. Stop the daemon and remove it",
        "vigil-owner-key 2 vgo_abc,    TOO_NEW,    was written by a newer Vigil (format 2"
    })
    void otherContentIsRefusedAndLeftAlone(String content, Kind kind, String message) throws IOException {
        Files.writeString(home.ownerKey(), content);

        assertThatThrownBy(this::open)
                .isInstanceOfSatisfying(
                        VaultException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageContaining(home.ownerKey() + " " + message)
                .hasMessageNotContaining("vgo_abc");
        assertThat(home.ownerKey()).hasContent(content);
    }

    private OwnerKey open() {
        return OwnerKey.open(home.ownerKey(), home.ownerKeyLock(), SafeFiles.onDisk());
    }
}
