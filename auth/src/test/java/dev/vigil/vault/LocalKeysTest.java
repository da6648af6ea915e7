// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.auth.Secret;
import dev.vigil.auth.TimeSource;
import dev.vigil.auth.VaultException;
import dev.vigil.vault.StubbornDisk.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class LocalKeysTest extends InAHome {
    @Test
    void freshKeyIsRecognizedAndOnlyItsHashIsKept() throws IOException {
        LocalKeys keys = keys();
        Secret key = keys.mint("claude");

        assertThat(key.reveal()).matches("vgl_[A-Za-z0-9_-]{43}");
        assertThat(keys.clientOf(key)).hasValue("claude");
        assertThat(keys().clientOf(new Secret(key.reveal()))).hasValue("claude");
        assertThat(Files.readString(home.localKeys()))
                .doesNotContain(key.reveal(), key.reveal().substring(4));
        assertThat(Modes.of(home.localKeys())).isEqualTo("rw-------");
    }

    @Test
    void eachClientHasItsOwnKeyAndANewOneEndsTheOld() {
        LocalKeys keys = keys();
        Secret old = keys.mint("claude");
        Secret cursor = keys.mint("cursor");
        Secret fresh = keys.mint("claude");

        assertThat(keys.names()).containsExactly("claude", "cursor");
        assertThat(keys.clientOf(old)).isEmpty();
        assertThat(keys.clientOf(fresh)).hasValue("claude");
        assertThat(keys.clientOf(cursor)).hasValue("cursor");
    }

    @Test
    void revokedKeyEndsAndOthersStay() {
        LocalKeys keys = keys();
        Secret claude = keys.mint("claude");
        Secret cursor = keys.mint("cursor");

        assertThat(keys.revoke("claude")).isTrue();
        assertThat(keys.revoke("claude")).isFalse();
        assertThat(keys.clientOf(claude)).isEmpty();
        assertThat(keys.clientOf(cursor)).hasValue("cursor");
    }

    @ParameterizedTest
    @ValueSource(strings = {"vgl_", "claude", "vgl_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
    void anythingElseIsNobody(String shown) {
        LocalKeys keys = keys();
        keys.mint("claude");

        assertThat(keys.clientOf(new Secret(shown))).isEmpty();
    }

    @Test
    void changesByAnotherProcessAreSeenAfterAReload() throws IOException {
        LocalKeys daemon = keys();
        LocalKeys command = keys();
        Secret key = command.mint("claude");
        assertThat(daemon.clientOf(key)).isEmpty();

        assertThat(daemon.reload()).isTrue();
        assertThat(daemon.reload()).isFalse();
        assertThat(daemon.clientOf(key)).hasValue("claude");

        Files.delete(home.localKeys());
        assertThat(daemon.reload()).isTrue();
        assertThat(daemon.clientOf(key)).isEmpty();
    }

    @Test
    void whoMintAtTheSameTimeDoNotLoseEachOthersKeys() {
        List<String> clients = IntStream.rangeClosed(10, 29)
                .mapToObj(number -> "client-" + number)
                .toList();
        CompletableFuture<?>[] minting = clients.stream()
                .map(client -> CompletableFuture.runAsync(() -> keys().mint(client)))
                .toArray(CompletableFuture<?>[]::new);
        CompletableFuture.allOf(minting).orTimeout(30, TimeUnit.SECONDS).join();

        assertThat(keys().names()).isEqualTo(clients);
    }

    @Test
    void damagedFileIsNamedAndWhatWasKnownStays() throws IOException {
        LocalKeys keys = keys();
        Secret key = keys.mint("claude");
        Files.writeString(home.localKeys(), "{");

        assertThatThrownBy(keys::reload)
                .isInstanceOf(VaultException.class)
                .hasMessageContaining(home.localKeys() + " is damaged: is not a JSON object. Restore it")
                .hasMessageContaining("vigil connect CLIENT");
        assertThatThrownBy(() -> keys.mint("cursor")).isInstanceOf(VaultException.class);
        assertThat(keys.clientOf(key)).hasValue("claude");
        assertThat(home.localKeys()).hasContent("{");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"version\":1}",
                "{\"version\":1,\"keys\":{}}",
                "{\"version\":1,\"keys\":[7]}",
                "{\"version\":1,\"keys\":[{\"name\":\"claude\",\"sha256\":\"xyz\"}]}"
            })
    void fileOfAnotherShapeIsDamagedToo(String content) throws IOException {
        Files.writeString(home.localKeys(), content);

        assertThatThrownBy(this::keys).hasMessageContaining(home.localKeys() + " is damaged: ");
        Files.delete(home.localKeys());
        LocalKeys keys = keys();
        Files.writeString(home.localKeys(), content);
        assertThatThrownBy(() -> keys.mint("claude")).hasMessageContaining(home.localKeys() + " is damaged: ");
    }

    @Test
    void fullDiskMintsNothing() {
        Secret old = keys().mint("claude");
        SafeFiles full = new SafeFiles(new StubbornDisk("No space left on device", Step.CREATE), FileFacts.ownUid());
        LocalKeys keys = new LocalKeys(home.localKeys(), home.localKeysLock(), full, TimeSource.system());

        assertThatThrownBy(() -> keys.mint("claude")).hasMessageContaining("disk full");
        assertThat(keys.clientOf(old)).hasValue("claude");
    }

    @Test
    void unknownFieldsAreKept() throws IOException {
        keys().mint("claude");
        ObjectNode richer =
                Fields.parse(Files.readAllBytes(home.localKeys())).node().put("note", "kept");
        ((ObjectNode) richer.get("keys").get(0)).put("scope", "notion");
        Files.write(home.localKeys(), Fields.bytes(richer));
        keys().mint("cursor");

        ObjectNode now = Fields.parse(Files.readAllBytes(home.localKeys())).node();
        assertThat(now.get("note").asString()).isEqualTo("kept");
        assertThat(now.at("/keys/0/scope").asString()).isEqualTo("notion");
        assertThat(keys().names()).containsExactly("claude", "cursor");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "-rf", "a\nb", "ü"})
    void clientNamesAreWords(String name) {
        assertThatThrownBy(() -> keys().mint(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("client name '" + name + "' must be");
    }

    private LocalKeys keys() {
        return new LocalKeys(home.localKeys(), home.localKeysLock(), SafeFiles.onDisk(), TimeSource.system());
    }
}
