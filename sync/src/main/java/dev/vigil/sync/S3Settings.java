// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.auth.Secret;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * Where a bucket is and how to speak to it.
 *
 * @param prefix what all names begin with: empty, or with a slash at its end
 * @param endpoint for anything but AWS: {@code https://HOST[:PORT]}
 * @param region for signatures; empty for what the environment says, or {@code us-east-1} at an endpoint of its own
 * @param pathStyle {@code endpoint/bucket/key} instead of {@code bucket.endpoint/key}
 * @param keys empty for the AWS SDK's default chain: environment, profile files, web identity, container, instance
 * @param patience for one call, everything included
 */
public record S3Settings(
        String bucket,
        String prefix,
        Optional<URI> endpoint,
        Optional<String> region,
        boolean pathStyle,
        Optional<Keys> keys,
        EtagStyle etags,
        Duration patience) {
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /** A pair of keys, and a token where they are for a session only. */
    public record Keys(Secret accessKey, Secret secretKey, Optional<Secret> sessionToken) {}

    public S3Settings {
        if (!bucket.matches("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")) {
            throw new IllegalArgumentException("'" + bucket + "' is not the name of a bucket");
        }
        if (!prefix.isEmpty() && !prefix.endsWith("/")) {
            throw new IllegalArgumentException("prefix '" + prefix + "' does not end with a slash");
        }
        ObjectName.checkedPrefix(prefix);
        endpoint.ifPresent(S3Settings::checkEndpoint);
        if (!region.orElse("x").matches("[A-Za-z0-9-]{1,63}")) {
            throw new IllegalArgumentException("'" + region.orElseThrow() + "' is not the name of a region");
        }
        if (patience.isNegative() || patience.isZero()) {
            throw new IllegalArgumentException("a patience of " + patience + " is none");
        }
    }

    /**
     * What {@code s3://BUCKET[/PREFIX]} says: AWS, the default chain, {@link EtagStyle#QUOTED}, 15 s.
     *
     * @throws IllegalArgumentException for any other address
     */
    public static S3Settings at(URI address) {
        if (!"s3".equals(address.getScheme()) || address.getRawAuthority() == null) {
            throw new IllegalArgumentException("'" + address + "' is not s3://BUCKET or s3://BUCKET/PREFIX");
        }
        String path = Optional.ofNullable(address.getPath()).orElse("").replaceAll("^/+|/+$", "");
        return new S3Settings(
                address.getRawAuthority(),
                path.isEmpty() ? "" : path + '/',
                Optional.empty(),
                Optional.empty(),
                false,
                Optional.empty(),
                EtagStyle.QUOTED,
                PATIENCE);
    }

    /** A store that is not AWS, path style. */
    public S3Settings withEndpoint(URI there) {
        return new S3Settings(bucket, prefix, Optional.of(there), region, true, keys, etags, patience);
    }

    public S3Settings withRegion(String name) {
        return new S3Settings(bucket, prefix, endpoint, Optional.of(name), pathStyle, keys, etags, patience);
    }

    public S3Settings withPathStyle(boolean inPath) {
        return new S3Settings(bucket, prefix, endpoint, region, inPath, keys, etags, patience);
    }

    public S3Settings withKeys(Keys pair) {
        return new S3Settings(bucket, prefix, endpoint, region, pathStyle, Optional.of(pair), etags, patience);
    }

    public S3Settings withEtags(EtagStyle style) {
        return new S3Settings(bucket, prefix, endpoint, region, pathStyle, keys, style, patience);
    }

    public S3Settings withPatience(Duration limit) {
        return new S3Settings(bucket, prefix, endpoint, region, pathStyle, keys, etags, limit);
    }

    /** For messages. */
    String place() {
        return "s3://" + bucket + '/' + prefix
                + endpoint.map(there -> " at " + there).orElse("");
    }

    private static void checkEndpoint(URI endpoint) {
        boolean isWeb = "https".equals(endpoint.getScheme()) || "http".equals(endpoint.getScheme());
        if (!isWeb || endpoint.getHost() == null || endpoint.getRawUserInfo() != null || endpoint.getQuery() != null) {
            throw new IllegalArgumentException(
                    (endpoint.toString().matches("[\\w.:/-]+") ? "'" + endpoint + "'" : "this")
                            + " is not an endpoint. Write https://HOST, with credentials beside it and not in it");
        }
    }
}
