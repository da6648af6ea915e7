// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.auth.Secret;
import dev.vigil.sync.StoreException.Kind;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/**
 * The AWS SDK's client for one bucket, made when somebody first needs it, on that thread: it costs up to two seconds of
 * start-up and 30 MB. Any thread; one at a time makes the client, without the network, and the others wait.
 *
 * <p>How it is set up, and why:
 *
 * <ul>
 *   <li>no retries: a write that was applied and answered by an error would be followed by a 412, and look lost
 *   <li>the light HTTP client. It is the JDK's, which sends a request again by itself when the answer never began; but not
 *       one whose body it streams, and the SDK streams every body whose length is declared: all of ours
 *   <li>a plain signed body with no checksum trailer, and no waiting for a {@code 100 Continue}: older stores know neither
 *       the one nor the other, and what we store is sealed, so that damage shows
 * </ul>
 */
final class S3Connection implements AutoCloseable {
    /** Some region must stand in a signature; stores that are not AWS rarely care which. */
    private static final Region ANY = Region.US_EAST_1;
    /** A host that is down must leave some of the patience to the call. */
    private static final Duration LONGEST_CONNECT = Duration.ofSeconds(5);

    static final String GIVE_CREDENTIALS =
            "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or credentials in the config";

    static final String GIVE_REGION =
            "its region is not known. Run vigil sync init with --region REGION, or set AWS_REGION or a profile";

    private final S3Settings settings;
    /** Where credentials come from that nobody gave. */
    private final Supplier<AwsCredentialsProvider> chain;
    /** Guarded by this. */
    private @Nullable S3Client client;
    /** Guarded by this. */
    private boolean closed;

    S3Connection(S3Settings settings, Supplier<AwsCredentialsProvider> chain) {
        this.settings = settings;
        this.chain = chain;
    }

    /** With the SDK's own chain: environment, profile files, web identity, container, instance. */
    static S3Connection to(S3Settings settings) {
        return new S3Connection(
                settings, () -> DefaultCredentialsProvider.builder().build());
    }

    /** @throws SdkException when there is no region to be found */
    synchronized S3Client client() {
        if (closed) {
            throw new StoreException(Kind.UNREACHABLE, false, settings.place() + " was closed");
        }
        S3Client made = client;
        if (made == null) {
            made = built(settings.keys().map(S3Connection::given).orElseGet(this::found));
            client = made;
        }
        return made;
    }

    /** Somebody without credentials. The caller closes it. */
    S3Client stranger() {
        return built(AnonymousCredentialsProvider.create());
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (client != null) {
            client.close();
        }
    }

    private S3Client built(AwsCredentialsProvider credentials) {
        Duration patience = settings.patience();
        Duration connect = patience.compareTo(LONGEST_CONNECT) < 0 ? patience : LONGEST_CONNECT;
        S3ClientBuilder builder = S3Client.builder()
                .credentialsProvider(credentials)
                .forcePathStyle(settings.pathStyle())
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .serviceConfiguration(
                        service -> service.chunkedEncodingEnabled(false).expectContinueEnabled(false))
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(connect)
                        .socketTimeout(patience))
                .overrideConfiguration(calls -> calls.apiCallTimeout(patience)
                        .apiCallAttemptTimeout(patience)
                        .retryStrategy(DefaultRetryStrategy.doNotRetry()));
        region().ifPresent(builder::region);
        settings.endpoint().ifPresent((URI there) -> builder.endpointOverride(there));
        try {
            return builder.build();
        } catch (SdkException e) {
            throw new NotSetUp(Kind.REFUSED, isNoRegion(e) ? GIVE_REGION : String.valueOf(e.getMessage()), e);
        }
    }

    private static boolean isNoRegion(SdkException failure) {
        return String.valueOf(failure.getMessage()).contains("region");
    }

    private Optional<Region> region() {
        return settings.region().map(Region::of).or(() -> settings.endpoint().map(there -> ANY));
    }

    private static AwsCredentialsProvider given(S3Settings.Keys keys) {
        String access = keys.accessKey().reveal();
        String secret = keys.secretKey().reveal();
        AwsCredentials pair = keys.sessionToken()
                .map(Secret::reveal)
                .map(token -> (AwsCredentials) AwsSessionCredentials.create(access, secret, token))
                .orElseGet(() -> AwsBasicCredentials.create(access, secret));
        return () -> pair;
    }

    private AwsCredentialsProvider found() {
        AwsCredentialsProvider found = chain.get();
        return () -> {
            try {
                return found.resolveCredentials();
            } catch (SdkException e) {
                throw new NotSetUp(Kind.FORBIDDEN, "no credentials were found. " + GIVE_CREDENTIALS, e);
            }
        };
    }

    /** Something of ours is missing, so that nothing was sent. The message says what helps. */
    static final class NotSetUp extends SdkClientException {
        private static final long serialVersionUID = 1L;

        private final Kind kind;

        private NotSetUp(Kind kind, String message, SdkException cause) {
            super(builder().message(message).cause(cause));
            this.kind = kind;
        }

        Kind kind() {
            return kind;
        }
    }
}
