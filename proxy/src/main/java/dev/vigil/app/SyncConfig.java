// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * What {@code sync:} in {@code vigil.yaml} says.
 *
 * @param bucket {@code s3://BUCKET[/PREFIX]} or {@code file:///FOLDER}
 * @param endpoint for anything but AWS
 * @param pathStyle {@code endpoint/bucket/key}; empty for what fits the endpoint
 * @param credentials empty for the AWS SDK's own chain
 * @param machine what this machine is called by the others; empty for its host name
 * @param every how often the bucket is looked at when nothing calls for it
 * @param readOnly does this machine only use what others keep alive?
 * @param refreshAlone is a shared token redeemed even when the bucket is out of reach?
 */
record SyncConfig(
        URI bucket,
        Optional<URI> endpoint,
        Optional<String> region,
        Optional<Boolean> pathStyle,
        Optional<Credentials> credentials,
        Optional<String> machine,
        Duration every,
        boolean readOnly,
        boolean refreshAlone) {
    /** Seldom enough for 2,880 listings a day to cost a cent or two, often enough for a person who waits. */
    static final Duration EVERY = Duration.ofSeconds(30);

    static final Duration SHORTEST = Duration.ofSeconds(5);
    static final Duration LONGEST = Duration.ofHours(1);

    /** References, never the secrets themselves. */
    record Credentials(SecretRef accessKey, SecretRef secretKey, Optional<SecretRef> sessionToken) {}

    /** What somebody who wrote this should hear now and then. */
    Optional<String> risk() {
        return refreshAlone
                ? Optional.of(
                        "whenUnreachable: refresh. While the bucket is down this machine refreshes shared logins"
                                + " without asking the others; where another does the same, the server may end the login for all")
                : Optional.empty();
    }

    /** Where the bucket is, for people; it holds no credentials. */
    String place() {
        return bucket + endpoint.map(there -> " at " + there).orElse("");
    }
}
