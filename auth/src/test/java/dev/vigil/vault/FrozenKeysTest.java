// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.Secret;
import dev.vigil.auth.TimeSource;
import dev.vigil.vault.RingJson.Reading;
import dev.vigil.vault.SharedRing.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What version 0.1.0 wrote about shared keys: a ring on its way from a given key to a passphrase, an object under it, and an
 * export. Never made anew.
 */
class FrozenKeysTest extends InAHome {
    private static final String KEK = "11".repeat(32);
    private static final Secret PHRASE = new Secret("frozen horse battery staple");
    private static final Instant MADE = Instant.parse("2026-11-21T08:00:00Z");
    private static final KeyOrigin GIVEN = new KeyOrigin.Given(() -> new Secret(KEK));
    private static final KeyOrigin WORDS = new KeyOrigin.Passphrase(() -> PHRASE);

    @Test
    void sharedRingOpensWithEitherKeyAndOpensWhatItSealed() {
        for (KeyOrigin origin : List.of(GIVEN, WORDS)) {
            SharedSeal seal = vault(origin).sharedSeal();
            seal.ring().keep(frozen("shared-ring.json"));

            assertThat(seal.ring().held())
                    .hasValue(new HeldRing(
                            3,
                            3558294863L,
                            List.of(
                                    new HeldRing.Key(2266405954L, MADE),
                                    new HeldRing.Key(4026790747L, MADE.plusSeconds(60)),
                                    new HeldRing.Key(3558294863L, MADE.plusSeconds(120))),
                            true));
            String name = "0123456789abcdef0123456789abcdef";
            assertThat(new String(seal.open("grant", name, frozen("object"), "frozen"), UTF_8))
                    .isEqualTo("frozen content");
        }
    }

    @Test
    void export() {
        assertThat(KeyParcel.opened(frozen("handover.json"), PHRASE, Path.of("handover.json"))
                        .line())
                .isEqualTo(KeyEncryptionKey.of(KEK).orElseThrow().line());
    }

    @Test
    void ringFromBeforeRevisionsCountsAsTheOldest() throws IOException {
        byte[] old;
        try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream("frozen/keys/ring.json"))) {
            old = in.readAllBytes();
        }
        String kek;
        try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream("frozen/keys/kek"))) {
            kek = new String(in.readAllBytes(), UTF_8);
        }
        KekSource source = source(new KeyOrigin.Given(() -> new Secret(kek)));
        Fields fields = Fields.parse(old);
        assertThat(RingJson.open(fields, List.of(source)))
                .asInstanceOf(InstanceOfAssertFactories.type(Reading.Open.class))
                .returns(new Ring.Revision(0, 0), open -> open.ring().revision());

        fields.node().put("revision", 1);
        assertThat(RingJson.open(fields, List.of(source))).isInstanceOf(Reading.Changed.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"iterations\" : 600000 | \"iterations\" : 99999      | asks for 99999 iterations",
                "\"iterations\" : 600000 | \"iterations\" : 10000001   | asks for 10000001 iterations",
                "\"iterations\" : 600000 | \"iterations\" : 5000000000 | asks for 2147483647 iterations",
                "PBKDF2WithHmacSHA256    | PBKDF2WithHmacSHA1          | a function that this Vigil does not know",
                "ftNt+q1giNLkh/EUnxAr0g==| ftNt                        | has a salt of 3 bytes",
                "\"version\" : 1         | \"version\" : 2             | was written by a newer Vigil (format 2"
            })
    void foreignRingThatAsksForTheAbsurdIsRefused(String from, String to, String why) {
        String ring = new String(frozen("shared-ring.json"), UTF_8);
        assertThat(ring).contains(from);

        assertThat(vault(WORDS).sharedSeal().ring().judge(ring.replace(from, to).getBytes(UTF_8)))
                .asInstanceOf(InstanceOfAssertFactories.type(Verdict.Refused.class))
                .extracting(Verdict.Refused::why)
                .asString()
                .contains(why)
                .doesNotContain(PHRASE.reveal());
    }

    @Test
    void unknownFieldsOutliveAChange() {
        SharedSeal seal = vault(GIVEN).sharedSeal();
        KekSource next = source(WORDS);
        SharedRing both = new SharedRing(home, List.of(source(GIVEN), next), SafeFiles.onDisk(), TimeSource.system());
        byte[] after = both.after(SharedRing.Change.SHUTTING_OUT, frozen("shared-ring.json"));

        assertThat(new String(after, UTF_8))
                .contains("\"note\" : \"of a newer Vigil\"", "\"also\" : null", "\"wrappedBy\" : \"passphrase\"");
        assertThat(seal.ring().judge(after)).isInstanceOf(Verdict.Refused.class);
    }

    private Vault vault(KeyOrigin origin) {
        try {
            Files.deleteIfExists(home.sharedRing());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Vault.open(home, () -> origin, TimeSource.system());
    }

    private KekSource source(KeyOrigin origin) {
        return new KekSource(() -> origin, home.keyEncryptionKey(), SafeFiles.onDisk());
    }

    private static byte[] frozen(String name) {
        try (InputStream in =
                Objects.requireNonNull(FrozenKeysTest.class.getResourceAsStream("frozen-keys/" + name), name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
