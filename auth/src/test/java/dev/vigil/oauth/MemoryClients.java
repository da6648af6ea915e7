// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import dev.vigil.auth.ClientStore;
import dev.vigil.auth.RegisteredClient;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A client store without a disk. Any thread may call. */
public final class MemoryClients implements ClientStore {
    /** Guarded by this. */
    private final List<RegisteredClient> clients = new ArrayList<>();

    @Override
    public synchronized Optional<RegisteredClient> load(String issuer, URI redirectUri) {
        return clients.stream()
                .filter(client -> isFor(client, issuer, redirectUri))
                .findFirst();
    }

    @Override
    public synchronized void save(RegisteredClient client) {
        delete(client);
        clients.add(client);
    }

    @Override
    public synchronized void delete(RegisteredClient client) {
        clients.removeIf(known -> isFor(known, client.issuer(), client.redirectUri()));
    }

    public synchronized List<RegisteredClient> all() {
        return List.copyOf(clients);
    }

    private static boolean isFor(RegisteredClient client, String issuer, URI redirectUri) {
        return client.issuer().equals(issuer) && client.redirectUri().toString().equals(redirectUri.toString());
    }
}
