// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.auth.RegisteredClient;
import dev.vigil.auth.Secret;
import dev.vigil.auth.TimeSource;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileClientsTest {
    private static final URI CALLBACK = URI.create("http://127.0.0.1:7470/oauth/callback");
    private static final RegisteredClient CLIENT = client("https://as.example.com", "one", CALLBACK);

    @TempDir
    Path folder;

    private Home home;
    private FileClients clients;

    @BeforeEach
    void prepare() {
        home = Home.below(folder.resolve("home"));
        home.prepare();
        clients = open(home);
    }

    @Test
    void clientIsFoundByItsIssuerAndRedirectUriAlone() {
        clients.save(CLIENT);

        assertThat(open(home).load("https://as.example.com", CALLBACK)).hasValue(CLIENT);
        assertThat(clients.load("https://as.example.com/", CALLBACK)).isEmpty();
        assertThat(clients.load("https://as.example.com", URI.create(CALLBACK + "/")))
                .isEmpty();
    }

    @Test
    void newerRegistrationReplacesTheOlderAndOthersStay() {
        RegisteredClient newer = client("https://as.example.com", "two", CALLBACK);
        RegisteredClient other = client("https://other.example.com", "one", CALLBACK);
        clients.save(CLIENT);
        clients.save(other);
        clients.save(newer);

        assertThat(clients.load(CLIENT.issuer(), CALLBACK)).hasValue(newer);
        assertThat(clients.load(other.issuer(), CALLBACK)).hasValue(other);
    }

    @Test
    void deletedClientIsGone() {
        clients.save(CLIENT);
        clients.delete(CLIENT);
        clients.delete(CLIENT);

        assertThat(clients.load(CLIENT.issuer(), CALLBACK)).isEmpty();
        assertThat(home.clients()).isEmptyDirectory();
    }

    @Test
    void clientOfOneIssuerDoesNotOpenAsAnothers() throws IOException {
        RegisteredClient other = client("https://other.example.com", "one", CALLBACK);
        clients.save(CLIENT);
        Files.move(file(CLIENT), file(other));

        assertThatThrownBy(() -> clients.load(other.issuer(), CALLBACK))
                .hasMessageContaining(file(other) + " was moved: it was sealed as client ")
                .hasMessageContaining("Vigil then registers anew");
    }

    private Path file(RegisteredClient client) {
        return home.clients().resolve(FileClients.name(client.issuer(), client.redirectUri()) + ".sealed");
    }

    private static RegisteredClient client(String issuer, String id, URI redirectUri) {
        return new RegisteredClient(
                issuer,
                id,
                Optional.of(new Secret("s3cret")),
                Optional.of(Instant.EPOCH),
                "client_secret_basic",
                redirectUri);
    }

    private static FileClients open(Home home) {
        return new Vault(home, Optional.empty(), SafeFiles.onDisk(), TimeSource.system()).clients();
    }
}
