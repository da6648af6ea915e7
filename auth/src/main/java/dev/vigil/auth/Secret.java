// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Objects;

/**
 * A value that may not be shown. {@link #reveal()} is the only way out, and only these call it (a test holds the list):
 *
 * <ul>
 *   <li>{@code HeaderRules}: the header of a request to the upstream it is bound to
 *   <li>{@code OAuthCalls}: the body or header of an OAuth request
 *   <li>{@code TokenJson}, {@code Ring}, {@code KekSource}, {@code Kdf}, {@code Fingerprint}: sealing, unsealing, telling
 *       tokens apart
 *   <li>{@code LocalKeys}: hashing a local key, and {@code ConnectCommand}: printing a fresh one, once
 *   <li>{@code DaemonClient}, {@code Wire}: what the command line shows the daemon
 *   <li>{@code S3Connection}: the credentials of a bucket, for the SDK that signs with them
 *   <li>{@code AuthorizeRoute}, {@code TokenRoute}, {@code DemoClient}: the demo's own servers and client
 * </ul>
 */
public final class Secret {
    private final String value;

    public Secret(String value) {
        if (value.isEmpty()) {
            throw new IllegalArgumentException("a secret may not be empty");
        }
        this.value = value;
    }

    /** The value itself. See the class comment before calling this. */
    public String reveal() {
        return value;
    }

    /** Compares in constant time, so that a guess learns nothing from how long the answer took. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret
                && MessageDigest.isEqual(
                        value.getBytes(StandardCharsets.UTF_8), secret.value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public int hashCode() {
        return Objects.hash(value);
    }

    @Override
    public String toString() {
        return "[secret]";
    }
}
