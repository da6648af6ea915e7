// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import dev.vigil.auth.ClientStore;
import dev.vigil.auth.RegisteredClient;
import java.net.URI;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Registered clients as files: {@code clients/HASH.sealed} ({@link Envelope}), where HASH is the first 16 bytes of the
 * SHA-256 of issuer, line feed and redirect URI, in hexadecimal.
 */
public final class FileClients implements ClientStore {
    private static final int HASH_LENGTH = 16;

    private final SealedFolder<RegisteredClient> clients;

    FileClients(SealedFolder<RegisteredClient> clients) {
        this.clients = clients;
    }

    @Override
    public Optional<RegisteredClient> load(String issuer, URI redirectUri) {
        return clients.load(name(issuer, redirectUri));
    }

    @Override
    public void save(RegisteredClient client) {
        clients.save(name(client.issuer(), client.redirectUri()), client);
    }

    @Override
    public void delete(RegisteredClient client) {
        clients.delete(name(client.issuer(), client.redirectUri()));
    }

    static String name(String issuer, URI redirectUri) {
        byte[] hash = Fingerprint.sha256(issuer + "\n" + redirectUri);
        return HexFormat.of().formatHex(Arrays.copyOf(hash, HASH_LENGTH));
    }
}
