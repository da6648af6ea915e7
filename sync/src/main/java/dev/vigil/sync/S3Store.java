// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.auth.Deadline;
import dev.vigil.auth.TimeSource;
import dev.vigil.sync.StoreException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetBucketVersioningResponse;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * A bucket on AWS S3 or on what speaks like it. The first call makes the client, see {@link S3Connection}. Whether a
 * bucket honours conditional writes is not known here: {@link BucketProbe} finds out.
 */
public final class S3Store implements ProbedStore {
    /** A store that answers the same page for ever must not hold us for ever. 1000 objects each. */
    private static final int MOST_PAGES = 100;

    private final S3Connection connection;
    private final S3Settings settings;
    private final TimeSource time;

    public S3Store(S3Settings settings, TimeSource time) {
        this(S3Connection.to(settings), settings, time);
    }

    S3Store(S3Connection connection, S3Settings settings, TimeSource time) {
        this.connection = connection;
        this.settings = settings;
        this.time = time;
    }

    @Override
    public Optional<Stored> get(String key) {
        return fetched(key, any -> {}) instanceof Stored stored ? Optional.of(stored) : Optional.empty();
    }

    /** A condition that the store does not understand costs bytes and nothing else: we compare again. */
    @Override
    public Fetched getIfChanged(String key, Version known) {
        Fetched fetched = fetched(key, request -> request.ifNoneMatch(EtagStyle.QUOTED.written(known)));
        return fetched instanceof Stored stored && stored.version().equals(known) ? new Unchanged() : fetched;
    }

    private Fetched fetched(String key, Consumer<GetObjectRequest.Builder> condition) {
        String name = settings.prefix() + ObjectName.checked(key);
        S3Call call = call("read " + key, false);
        try {
            S3Client client = connection.client();
            S3Download download = S3Call.asked(() -> client.getObject(
                    request ->
                            condition.accept(request.bucket(settings.bucket()).key(name)),
                    S3Download::of));
            return new Stored(download.checked(call), version(download.head().eTag(), call));
        } catch (SdkException e) {
            if (e instanceof S3Exception answer && answer.statusCode() == 304) {
                return new Unchanged();
            }
            if (e instanceof S3Exception answer && S3Call.isAbsent(answer)) {
                return new Absent();
            }
            throw call.failed(e);
        }
    }

    @Override
    public List<Entry> list(String prefix) {
        String begin = settings.prefix() + ObjectName.checkedPrefix(prefix);
        S3Call call = call("list " + (prefix.isEmpty() ? "everything" : prefix), false);
        Deadline end = Deadline.in(settings.patience(), time.now());
        List<Entry> found = new ArrayList<>();
        String next = null;
        for (int page = 0; page < MOST_PAGES; page++) {
            ListObjectsV2Response answer = page(begin, next, call, end);
            answer.contents().forEach(object -> found.add(entry(object, call)));
            next = answer.nextContinuationToken();
            if (!answer.isTruncated() || next == null) {
                return List.copyOf(found);
            }
        }
        throw call.failure(Kind.TOO_LARGE, false, "more than " + MOST_PAGES + " pages. Give Vigil a prefix of its own");
    }

    private ListObjectsV2Response page(String begin, @Nullable String next, S3Call call, Deadline end) {
        Duration left = end.left(time.now());
        if (left.isNegative() || left.isZero()) {
            throw call.failure(Kind.TIMED_OUT, false, "no whole answer in time");
        }
        try {
            S3Client client = connection.client();
            ListObjectsV2Response answer = S3Call.asked(() -> client.listObjectsV2(request -> request.bucket(
                            settings.bucket())
                    .prefix(begin)
                    .continuationToken(next)
                    .overrideConfiguration(limits -> limits.apiCallTimeout(left).apiCallAttemptTimeout(left))));
            if (answer.isTruncated() == null) { // the SDK takes any page of HTML for an empty listing
                throw call.failure(Kind.SERVER_FAULT, false, "an answer that is not S3's");
            }
            return answer;
        } catch (SdkException e) {
            throw call.failed(e);
        }
    }

    private Entry entry(S3Object object, S3Call call) {
        if (!object.key().startsWith(settings.prefix())) {
            throw call.failure(Kind.SERVER_FAULT, false, "an answer about objects that were not asked for");
        }
        String key = object.key().substring(settings.prefix().length());
        return new Entry(key, version(object.eTag(), call), object.size(), object.lastModified());
    }

    @Override
    public PutOutcome put(String key, byte[] content, Optional<Version> over) {
        String name = settings.prefix() + ObjectName.checked(key);
        RequestBody body = RequestBody.fromBytes(ObjectName.checkedContent(content));
        S3Call call = call("write " + key, true);
        try {
            S3Client client = connection.client();
            PutObjectResponse answer = S3Call.asked(() -> client.putObject(
                    request -> {
                        request.bucket(settings.bucket()).key(name);
                        over.ifPresentOrElse(
                                version -> request.ifMatch(settings.etags().written(version)),
                                () -> request.ifNoneMatch("*"));
                    },
                    body));
            return new Written(version(answer.eTag(), call));
        } catch (SdkException e) {
            return S3Call.lost(e, over.isPresent()).map(Lost::new).orElseThrow(() -> call.failed(e));
        }
    }

    @Override
    public void delete(String key) {
        String name = settings.prefix() + ObjectName.checked(key);
        try {
            S3Client client = connection.client();
            S3Call.asked(() -> client.deleteObject(
                    request -> request.bucket(settings.bucket()).key(name)));
        } catch (SdkException e) {
            throw call("delete " + key, true).failed(e);
        }
    }

    @Override
    public Versioning versioning() {
        try {
            S3Client client = connection.client();
            GetBucketVersioningResponse answer =
                    S3Call.asked(() -> client.getBucketVersioning(request -> request.bucket(settings.bucket())));
            return switch (String.valueOf(answer.statusAsString())) {
                case "Enabled" -> Versioning.ENABLED;
                case "Suspended" -> Versioning.SUSPENDED;
                case "null" -> Versioning.OFF;
                default -> Versioning.UNKNOWN;
            };
        } catch (SdkException e) {
            return Versioning.UNKNOWN;
        }
    }

    @Override
    public Openness openness(String key) {
        String name = settings.prefix() + ObjectName.checked(key);
        try (S3Client stranger = connection.stranger()) {
            Openness reading = asked(() -> stranger.getObject(
                    request -> request.bucket(settings.bucket()).key(name), S3Download::of));
            Openness listing = asked(() -> stranger.listObjectsV2(
                    request -> request.bucket(settings.bucket()).prefix(name)));
            return reading == Openness.CLOSED ? listing : listing == Openness.OPEN ? listing : reading;
        }
    }

    private static Openness asked(Supplier<?> question) {
        try {
            S3Call.asked(question);
            return Openness.OPEN;
        } catch (S3Exception e) {
            return e.statusCode() == 401 || e.statusCode() == 403 ? Openness.CLOSED : Openness.UNKNOWN;
        } catch (SdkException e) {
            return Openness.UNKNOWN;
        }
    }

    @Override
    public S3Store speaking(EtagStyle style) {
        return new S3Store(connection, settings.withEtags(style), time);
    }

    @Override
    public void close() {
        connection.close();
    }

    /** Where it is, and no credentials. */
    @Override
    public String toString() {
        return settings.place();
    }

    private S3Call call(String action, boolean writes) {
        return new S3Call(action, writes, settings.place());
    }

    /** Half a tag is the sign of a torn head, which the JDK's client takes for a whole one. */
    private static Version version(@Nullable String etag, S3Call call) {
        String tag = etag == null ? "" : etag.replaceAll("^\"(.*)\"$", "$1");
        if (tag.isBlank() || tag.contains("\"")) {
            throw call.failure(Kind.SERVER_FAULT, call.writes(), "an answer without an ETag, so not S3's");
        }
        return new Version(tag);
    }
}
