// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.auth.Grant;
import dev.vigil.auth.Grants;
import dev.vigil.auth.Secret;
import dev.vigil.auth.TimeSource;
import dev.vigil.auth.VaultException;
import dev.vigil.auth.VaultException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Supplier;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** The key ring and what wraps it, when one of them is not what it should be. */
class RingFileTest extends InAHome {
    private static final Grant NOTION = Grants.lasting(Duration.ofHours(1), Instant.EPOCH);
    private static final byte[] OWN_KEY = new byte[32];

    @Test
    void wrongKeyEncryptionKeyIsToldFromADamagedRing() throws IOException {
        vault().grants().save(NOTION);
        byte[] ring = Files.readAllBytes(home.keyRing());
        String kek = Files.readString(home.keyEncryptionKey());
        Files.writeString(home.keyEncryptionKey(), Base64.getEncoder().encodeToString(OWN_KEY));
        assertRefused(vault(), Kind.KEY, home.keyRing() + " does not open: keys/kek belongs to another vault");

        Files.writeString(home.keyEncryptionKey(), kek);
        for (String field : new String[] {"encryptedKeyset", "fingerprintKey"}) {
            Files.write(home.keyRing(), spoilt(ring, field));
            assertRefused(
                    vault(),
                    Kind.UNREADABLE,
                    home.keyRing() + " is damaged: it was changed after it was written. Restore");
        }
        Files.write(home.keyRing(), ring);
        assertThat(vault().grants().load("notion")).hasValue(NOTION);
    }

    @Test
    void ringOfAnotherVaultIdDoesNotOpen() throws IOException {
        vault().grants().save(NOTION);
        String ring = Files.readString(home.keyRing());
        Files.writeString(
                home.keyRing(),
                ring.replaceFirst("\"vault\" : \"[^\"]+\"", "\"vault\" : \"00000000-0000-4000-8000-000000000000\""));

        assertRefused(vault(), Kind.UNREADABLE, "it was changed after it was written");
    }

    @ParameterizedTest
    @CsvSource({
        "'',                                UNREADABLE, is damaged: is not a JSON object",
        "'[]',                              UNREADABLE, is damaged: is not a JSON object",
        "'{\"version\":1',                  UNREADABLE, is damaged: is not a JSON object",
        "'{}',                              UNREADABLE, is damaged: field 'version' is missing",
        "'{\"version\":0}',                 UNREADABLE, is damaged: there is no format 0",
        "'{\"version\":1}',                 UNREADABLE, is damaged: field 'wrappedBy' is missing",
        "'{\"version\":2,\"keys\":7}',      TOO_NEW,    'was written by a newer Vigil (format 2, this one knows 1)'"
    })
    void ringThatIsNoRingIsNamedAndLeftAlone(String content, Kind kind, String message) throws IOException {
        vault().grants().save(NOTION);
        Files.writeString(home.keyRing(), content);

        assertRefused(vault(), kind, home.keyRing() + " " + message.replace("''", "'"));
        assertThatThrownBy(() -> vault().grants().save(NOTION)).isInstanceOf(VaultException.class);
        assertThat(home.keyRing()).hasContent(content);
    }

    @Test
    void missingKeyEncryptionKeyIsNotMadeAnewOverARing() throws IOException {
        vault().grants().save(NOTION);
        Files.delete(home.keyEncryptionKey());

        assertRefused(vault(), Kind.KEY, home.keyEncryptionKey() + " is missing");
        assertThatThrownBy(() -> vault().grants().save(NOTION)).hasMessageContaining("is missing");
        assertThatThrownBy(() -> vault().keyRing().rotate()).hasMessageContaining("is missing");
        assertThat(home.keyEncryptionKey()).doesNotExist();
    }

    @Test
    void damagedKeyEncryptionKeyIsNamed() throws IOException {
        vault().grants().save(NOTION);
        Files.writeString(home.keyEncryptionKey(), "c2hvcnQ=");

        assertRefused(
                vault(), Kind.KEY, home.keyEncryptionKey() + " is not 32 bytes in base64 or hexadecimal. Restore it");
    }

    @Test
    void callersKeyTakesThePlaceOfTheFile() {
        vault(base64()).grants().save(NOTION);

        assertThat(home.keyEncryptionKey()).doesNotExist();
        assertThat(vault(base64()).grants().load("notion")).hasValue(NOTION);
        assertThat(vault(HexFormat.of().formatHex(OWN_KEY)).grants().load("notion"))
                .hasValue(NOTION);
        assertThat(vault(base64().replace("=", "") + "\n").grants().load("notion"))
                .hasValue(NOTION);
    }

    @Test
    void callersKeyIsNeededAgainAndMustBeTheSame() {
        vault(base64()).grants().save(NOTION);

        assertRefused(vault(), Kind.KEY, home.keyRing() + " is wrapped by a key-encryption key of your own");
        assertRefused(
                vault("11".repeat(32)),
                Kind.KEY,
                home.keyRing() + " does not open: the configured key-encryption key is another one");
        assertThat(home.keyEncryptionKey()).doesNotExist();
    }

    @Test
    void callersKeyDoesNotOpenARingThatTheFileWraps() {
        vault().grants().save(NOTION);

        assertRefused(vault(base64()), Kind.KEY, "is wrapped by the file keys/kek");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hunter2", "not base64 at all!", "00"})
    void callersKeyOfAnotherShapeIsRefusedWithoutShowingIt(String key) {
        assertThatThrownBy(() -> vault(key).grants().save(NOTION))
                .hasMessage("the configured key-encryption key is not 32 bytes in base64 or hexadecimal."
                        + " Make one with: openssl rand -base64 32")
                .hasMessageNotContaining(key)
                .hasNoCause();
        assertThat(home.keys().resolve("ring.json")).doesNotExist();
    }

    @Test
    void emptyKeyOfTheCallerIsRefusedToo() {
        Vault vault = vault(Optional.of(() -> new Secret("")));

        assertThatThrownBy(() -> vault.grants().save(NOTION))
                .hasMessageStartingWith("the configured key-encryption key");
    }

    @Test
    void unknownFieldsOutliveARotation() throws IOException {
        vault().grants().save(NOTION);
        ObjectNode richer =
                Fields.parse(Files.readAllBytes(home.keyRing())).node().put("note", "kept");
        Files.write(home.keyRing(), Fields.bytes(richer));
        vault().keyRing().rotate();
        vault().keyRing().retire();

        ObjectNode now = Fields.parse(Files.readAllBytes(home.keyRing())).node();
        assertThat(now.get("note").asString()).isEqualTo("kept");
        assertThat(now.get("keys")).hasSize(1);
    }

    /** Another letter in the middle of a base64 value. */
    private static byte[] spoilt(byte[] ring, String field) {
        ObjectNode node = Fields.parse(ring).node();
        ObjectNode parent = node.has(field) ? node : (ObjectNode) node.get("keyset");
        String value = parent.get(field).asString();
        int middle = value.length() / 2;
        char other = value.charAt(middle) == 'A' ? 'B' : 'A';
        parent.put(field, value.substring(0, middle) + other + value.substring(middle + 1));
        return Fields.bytes(node);
    }

    private static void assertRefused(Vault vault, Kind kind, String message) {
        assertThatThrownBy(() -> vault.grants().load("notion"))
                .asInstanceOf(InstanceOfAssertFactories.type(VaultException.class))
                .returns(kind, VaultException::kind)
                .extracting(VaultException::getMessage)
                .asString()
                .contains(message);
    }

    private static String base64() {
        return Base64.getEncoder().encodeToString(OWN_KEY);
    }

    private Vault vault() {
        return vault(Optional.empty());
    }

    private Vault vault(String key) {
        return vault(Optional.of(() -> new Secret(key)));
    }

    private Vault vault(Optional<Supplier<Secret>> key) {
        return new Vault(home, key, SafeFiles.onDisk(), TimeSource.system());
    }
}
