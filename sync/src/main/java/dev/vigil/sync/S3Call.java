// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.sync.StoreException.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * One request, and what its failure means. The one place that takes the SDK's exceptions apart.
 *
 * @param action for messages: "write grants/1"
 * @param place for messages: which bucket
 */
record S3Call(String action, boolean writes, String place) {
    private static final String NO_BUCKET = "NoSuchBucket";

    /** The SDK lets out what the JDK's client throws while an answer is read: which, depends on the JDK. */
    static <T> T asked(Supplier<T> request) {
        try {
            return request.get();
        } catch (UncheckedIOException e) {
            throw SdkClientException.create(String.valueOf(e.getMessage()), e);
        }
    }

    /** What {@code failure} is to our callers. Its own message is passed on where the SDK or the store wrote it. */
    StoreException failed(SdkException failure) {
        if (failure instanceof S3Exception answer) {
            return answered(answer);
        }
        if (isTimeout(failure)) {
            return failure(Kind.TIMED_OUT, writes, "no answer in time", failure);
        }
        if (failure instanceof S3Connection.NotSetUp missing) {
            return failure(missing.kind(), false, String.valueOf(missing.getMessage()), failure);
        }
        return broken(failure);
    }

    /** Did somebody else write first? Then what the store said. */
    static Optional<String> lost(SdkException failure, boolean replaces) {
        if (!(failure instanceof S3Exception answer)) {
            return Optional.empty();
        }
        boolean gone = replaces && answer.statusCode() == 404 && !code(answer).equals(NO_BUCKET);
        return answer.statusCode() == 412 || answer.statusCode() == 409 || gone
                ? Optional.of(answer.statusCode() + " " + code(answer))
                : Optional.empty();
    }

    static boolean isAbsent(S3Exception answer) {
        return answer.statusCode() == 404 && !code(answer).equals(NO_BUCKET);
    }

    StoreException failure(Kind kind, boolean mayHaveBeenApplied, String why, Throwable cause) {
        return new StoreException(kind, mayHaveBeenApplied, message(why), cause);
    }

    StoreException failure(Kind kind, boolean mayHaveBeenApplied, String why) {
        return new StoreException(kind, mayHaveBeenApplied, message(why));
    }

    private StoreException answered(S3Exception answer) {
        int status = answer.statusCode();
        String said = status + " " + code(answer);
        if (status < 100) { // the JDK's client takes "HTTP/1.1 2" for a whole status line
            return failure(Kind.CUT, writes, "a torn answer", answer);
        }
        if (status == 404 && code(answer).equals(NO_BUCKET)) {
            return failure(Kind.NO_BUCKET, false, said + ". Create the bucket, or correct its name", answer);
        }
        if (status == 429 || answer.isThrottlingException()) {
            return failure(Kind.THROTTLED, writes, said, answer);
        }
        if (status >= 500 && status != 501 || status == 408) {
            return failure(Kind.SERVER_FAULT, writes, said, answer);
        }
        if (status == 401 || status == 403) {
            return failure(Kind.FORBIDDEN, false, said + ". " + forbidden(answer), answer);
        }
        if (status >= 300 && status < 400) {
            return failure(Kind.REFUSED, false, said + ". The bucket is elsewhere" + region(answer), answer);
        }
        return failure(Kind.REFUSED, false, said + ": " + described(answer), answer);
    }

    private static String forbidden(S3Exception answer) {
        return switch (code(answer)) {
            case "RequestTimeTooSkewed" -> "This machine's clock is wrong, by the store's";
            case "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken" ->
                "The credentials are wrong or expired: those of sync.credentials where the config has them, else those of"
                        + " the environment or of a profile";
            default ->
                "These credentials may not do this; an absent object answers so too where listing is not allowed";
        };
    }

    private static String region(S3Exception answer) {
        return Optional.ofNullable(answer.awsErrorDetails())
                .map(AwsErrorDetails::sdkHttpResponse)
                .flatMap(response -> response.firstMatchingHeader("x-amz-bucket-region"))
                .map(region -> ": set region to " + region)
                .orElse(", or something in between wants a person");
    }

    /** The limit for one read is the limit for the call, so either may fall first. */
    private static boolean isTimeout(SdkException failure) {
        return failure instanceof ApiCallTimeoutException
                || failure instanceof ApiCallAttemptTimeoutException
                || hasCause(failure, SocketTimeoutException.class);
    }

    private StoreException broken(SdkException failure) {
        if (isUnsent(failure)) {
            return failure(
                    Kind.UNREACHABLE,
                    false,
                    "no connection (" + rootOf(failure) + "). Is the store up, and its address right?",
                    failure);
        }
        if (hasCause(failure, IOException.class)) {
            return failure(Kind.CUT, writes, "the connection broke (" + rootOf(failure) + ")", failure);
        }
        return failure(Kind.SERVER_FAULT, writes, "no answer that makes sense: " + failure.getMessage(), failure);
    }

    /** A connection that came about and was slow may have carried the request, so a timeout does not count. */
    private static boolean isUnsent(SdkException failure) {
        return Stream.of(
                        UnknownHostException.class,
                        ConnectException.class,
                        NoRouteToHostException.class,
                        PortUnreachableException.class,
                        SSLHandshakeException.class,
                        SSLPeerUnverifiedException.class)
                .anyMatch(kind -> hasCause(failure, kind));
    }

    /** Without what the SDK wraps around it. */
    private static String rootOf(Throwable failure) {
        Throwable root = Stream.iterate(failure, each -> each != null, Throwable::getCause)
                .limit(20)
                .reduce(failure, (before, cause) -> cause);
        String said = Optional.ofNullable(root.getMessage())
                .map(S3Call::tame)
                .orElse(root.getClass().getSimpleName());
        return root instanceof UnknownHostException ? "no such host: " + said : said;
    }

    private static boolean hasCause(Throwable failure, Class<? extends Throwable> kind) {
        return Stream.iterate(failure, each -> each != null, Throwable::getCause)
                .limit(20)
                .anyMatch(kind::isInstance);
    }

    /** A store's own word, which is not trusted to be short or of one line. */
    private static String code(S3Exception answer) {
        return Optional.ofNullable(answer.awsErrorDetails())
                .map(AwsErrorDetails::errorCode)
                .map(S3Call::tame)
                .orElse("without a code");
    }

    private static String described(S3Exception answer) {
        return Optional.ofNullable(answer.awsErrorDetails())
                .map(AwsErrorDetails::errorMessage)
                .map(S3Call::tame)
                .orElse("no reason given");
    }

    private static String tame(String foreign) {
        String plain = foreign.replaceAll("[^\\x20-\\x7e]", " ");
        return plain.length() <= 200 ? plain : plain.substring(0, 200);
    }

    private String message(String why) {
        return place + ": cannot " + action + ": " + why;
    }
}
