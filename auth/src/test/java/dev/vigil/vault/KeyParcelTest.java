// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.auth.Secret;
import dev.vigil.auth.VaultException;
import dev.vigil.auth.VaultException.Kind;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyParcelTest {
    private static final Secret PHRASE = new Secret("correct horse battery staple");
    private static final Path FILE = Path.of("handover.json");
    /** Made once: a passphrase takes half a second. */
    private static final byte[] SEALED = KeyParcel.sealed(KeyEncryptionKey.random(), PHRASE, Instant.EPOCH);

    @Test
    void whatIsSealedOpensWithThePassphraseAlone() {
        KeyEncryptionKey key = KeyEncryptionKey.random();
        byte[] sealed = KeyParcel.sealed(key, PHRASE, Instant.EPOCH);

        assertThat(KeyParcel.opened(sealed, PHRASE, FILE).line()).isEqualTo(key.line());
        assertThat(new String(sealed, UTF_8)).doesNotContain(new String(key.line(), UTF_8).strip(), "staple");
        assertThatThrownBy(() -> KeyParcel.opened(sealed, new Secret("another horse battery"), FILE))
                .isInstanceOfSatisfying(
                        VaultException.class, e -> assertThat(e.kind()).isEqualTo(Kind.KEY))
                .hasMessage("handover.json does not open: the passphrase is wrong, or the file was damaged");
    }

    @Test
    void shortPassphraseIsRefused() {
        assertThatThrownBy(() -> KeyParcel.sealed(KeyEncryptionKey.random(), new Secret("elevenchars"), Instant.EPOCH))
                .hasMessageContaining("less than 12 characters")
                .hasMessageNotContaining("elevenchars");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"sealed\" : \" | \"sealed\" : \"AAAA         | UNREADABLE | it was changed after it was written",
                "\"iterations\" : 600000 | \"iterations\" : 99999     | UNREADABLE | asks for 99999 iterations",
                "\"iterations\" : 600000 | \"iterations\" : 10000001  | UNREADABLE | asks for 10000001 iterations",
                "\"iterations\" : 600000 | \"iterations\" : 600001    | KEY        | the passphrase is wrong",
                "PBKDF2WithHmacSHA256    | scrypt                     | UNREADABLE | a function that this Vigil does not know",
                "\"version\" : 1         | \"version\" : 2            | TOO_NEW    | was written by a newer Vigil (format 2",
                "vigil key-encryption key | something                 | UNREADABLE | it holds something else",
                "{                       | [                          | UNREADABLE | is not a JSON object"
            })
    void changedFileIsTold(String from, String to, Kind kind, String message) {
        String text = new String(SEALED, UTF_8);
        assertThat(text).contains(from);

        assertThatThrownBy(() -> KeyParcel.opened(text.replace(from, to).getBytes(UTF_8), PHRASE, FILE))
                .isInstanceOfSatisfying(
                        VaultException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageContaining(message)
                .hasMessageNotContaining("staple");
    }
}
