// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.client.ClientMetadata;
import dev.vigil.auth.Grant;
import dev.vigil.auth.Grants;
import dev.vigil.auth.OAuthBinding;
import dev.vigil.auth.RegisteredClient;
import dev.vigil.auth.Secret;
import dev.vigil.oauth.OAuthTransport.Answer;
import dev.vigil.oauth.OAuthTransport.Answer.NotSent;
import dev.vigil.oauth.OAuthTransport.Header;
import dev.vigil.oauth.OAuthTransport.Request;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OAuthCallsTest {
    private final List<Request> sent = new ArrayList<>();
    private final List<Duration> limits = new ArrayList<>();
    private final OAuthCalls calls = new OAuthCalls((request, limit) -> {
        sent.add(request);
        limits.add(limit);
        return new Answer.NotConnected("nobody there");
    });
    private final Grant held = Grants.lasting(Duration.ofHours(1), Instant.parse("2026-11-21T08:00:00Z"));
    private final OAuthBinding binding = held.oauth().orElseThrow();
    private final Reach reach = Reach.of(held.server());

    /** Every OAuth request there is, by the endpoint it goes to. */
    private final Map<String, Function<URI, Answer>> every = Map.of(
            "metadata", url -> calls.metadata(url, reach),
            "register", url -> calls.register(url, new ClientMetadata(), reach),
            "exchange",
                    url -> calls.exchange(
                            url,
                            binding.client(),
                            new AuthorizationCodeGrant(
                                    new AuthorizationCode("c"), binding.client().redirectUri()),
                            "https://mcp.example.com/mcp",
                            reach),
            "refresh", url -> calls.refresh(held, at(url), () -> true),
            "revoke", url -> calls.revoke(url, held, binding),
            "introspect", url -> calls.introspect(held, introspecting(url)).orElseThrow());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://auth.example.com/x",
                "https://127.0.0.1/x",
                "https://169.254.169.254/x",
                "https://u:p@auth.example.com/x",
                "ftp://auth.example.com/x"
            })
    void nothingIsSentOutOfReach(URI url) {
        every.forEach((name, call) -> assertThat(call.apply(url)).as(name).isInstanceOf(NotSent.class));
        assertThat(sent).isEmpty();
    }

    @Test
    void everyRequestAsksForJsonInTime() {
        every.values()
                .forEach(call -> assertThat(call.apply(URI.create("https://auth.example.com/x")))
                        .isEqualTo(new Answer.NotConnected("nobody there")));
        assertThat(sent)
                .hasSize(every.size())
                .allSatisfy(
                        request -> assertThat(request.headers()).contains(new Header("Accept", "application/json")));
        assertThat(limits)
                .containsExactlyInAnyOrder(
                        Duration.ofSeconds(4),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(25),
                        Duration.ofSeconds(25),
                        Duration.ofSeconds(25));
    }

    private OAuthBinding introspecting(URI endpoint) {
        RegisteredClient client = new RegisteredClient(
                binding.issuer(),
                "client-1",
                Optional.of(new Secret("s")),
                Optional.empty(),
                "client_secret_basic",
                binding.client().redirectUri());
        return new OAuthBinding(
                binding.issuer(),
                binding.tokenEndpoint(),
                Optional.empty(),
                binding.resource(),
                client,
                Optional.empty(),
                List.of(),
                Optional.of(endpoint));
    }

    private OAuthBinding at(URI tokenEndpoint) {
        return new OAuthBinding(
                binding.issuer(),
                tokenEndpoint,
                Optional.empty(),
                binding.resource(),
                binding.client(),
                Optional.empty(),
                List.of(),
                Optional.empty());
    }
}
