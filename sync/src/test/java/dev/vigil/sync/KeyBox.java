// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.Secret;
import dev.vigil.vault.Home;
import dev.vigil.vault.SharedSeal;
import dev.vigil.vault.Vault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A machine with a home of its own, as far as the shared keys are concerned. */
final class KeyBox {
    static final String KEK = "11".repeat(32);

    final Path home;
    final Vault vault;
    final SharedSeal seal;
    final SharedKeys keys;
    final BetweenStore store;

    KeyBox(Path home, ObjectStore bucket, Optional<String> kek) {
        this(home, Vault.open(Home.below(home), kek.map(key -> () -> new Secret(key))), bucket);
    }

    KeyBox(Path home, Vault vault, ObjectStore bucket) {
        this.home = home;
        this.vault = vault;
        this.seal = vault.sharedSeal();
        this.store = new BetweenStore(bucket, key -> {});
        this.keys = new SharedKeys(store, seal);
    }

    /** The process dies, and another begins. */
    KeyBox restarted(ObjectStore bucket) {
        return new KeyBox(home, bucket, Optional.of(KEK));
    }

    long primary() {
        return keys.held().orElseThrow().primary();
    }

    long revision() {
        return keys.held().orElseThrow().revision();
    }

    /** Writes something sealed, over whatever stands there. */
    void puts(String name, String content) {
        String hidden = seal.hidden(name);
        String key = "grants/" + hidden;
        Optional<ObjectStore.Version> over = store.get(key).map(ObjectStore.Stored::version);
        byte[] sealed = seal.seal("grant", hidden, content.getBytes(UTF_8));
        assertThat(Swap.put(store, key, sealed, over)).isPresent();
    }

    String reads(String name) {
        String hidden = seal.hidden(name);
        ObjectStore.Stored stored = store.get("grants/" + hidden).orElseThrow();
        return new String(seal.open("grant", hidden, stored.content(), "grants/" + hidden), UTF_8);
    }

    byte[] copy() throws IOException {
        return Files.readAllBytes(ringFile());
    }

    Path ringFile() {
        return home.resolve("keys/shared-ring.json");
    }
}
