// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

import dev.vigil.auth.Authorization;
import dev.vigil.auth.Authorization.Live;
import dev.vigil.auth.Authorization.NeedsLogin;
import dev.vigil.auth.Authorization.NotNeeded;
import dev.vigil.auth.Connector;
import dev.vigil.auth.Grant;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * To whom a server showed what it showed. Lists may differ between accounts, and the names in them can be private, so nothing
 * ever crosses from one owner to another.
 *
 * @param connector its name
 * @param server the endpoint as configured
 * @param account 32 hexadecimal digits of a hash over nothing secret: issuer and account where the server told who logged in;
 *     else the login itself, as is every typed key, so that another key is another account; or the word "none" where nobody
 *     logs in
 */
public record Owner(String connector, URI server, String account) {
    private static final int HASH_LENGTH = 16;

    /** Whom a connector speaks for; empty where that is not known, as after a logout. Quick; any thread. */
    public static Optional<Owner> of(Connector connector, Authorization authorization) {
        if (authorization instanceof NotNeeded) {
            return Optional.of(of(connector, Optional.empty()));
        }
        if (authorization instanceof Live live) {
            return Optional.of(of(connector, Optional.of(live.grant())));
        }
        if (authorization instanceof NeedsLogin dead) {
            return Optional.of(of(connector, Optional.of(dead.last())));
        }
        return Optional.empty();
    }

    /** @param grant whose token is sent; empty for none */
    public static Owner of(Connector connector, Optional<Grant> grant) {
        List<String> who = grant.map(Owner::told).orElse(List.of("none"));
        return new Owner(connector.name(), connector.url(), hash(connector.url() + "\n" + Json.array(who)));
    }

    /** Of what stands in for a snapshot where there is none. */
    static Owner nobody(Connector connector) {
        return new Owner(connector.name(), connector.url(), "0".repeat(2 * HASH_LENGTH));
    }

    private static List<String> told(Grant grant) {
        return grant.oauth()
                .flatMap(login -> login.account().map(account -> List.of("account", login.issuer(), account)))
                .orElseGet(() -> List.of(
                        "login",
                        Long.toString(grant.epoch()),
                        grant.loggedInAt().toString()));
    }

    private static String hash(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(Arrays.copyOf(hash, HASH_LENGTH));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
