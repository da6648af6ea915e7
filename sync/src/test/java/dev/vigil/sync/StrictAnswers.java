// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the strict server says to each request, when nothing is scripted. */
final class StrictAnswers {
    private static final Map<StrictFault, StrictAnswer> INSTEAD = Map.ofEntries(
            Map.entry(StrictFault.PRECONDITION_FAILED, StrictAnswer.error(412, "PreconditionFailed")),
            Map.entry(StrictFault.CONFLICT, StrictAnswer.error(409, "ConditionalRequestConflict")),
            Map.entry(StrictFault.DENIED, StrictAnswer.error(403, "AccessDenied")),
            Map.entry(StrictFault.NO_BUCKET, StrictAnswer.error(404, "NoSuchBucket")),
            Map.entry(StrictFault.NO_KEY, StrictAnswer.error(404, "NoSuchKey")),
            Map.entry(StrictFault.BAD_REQUEST, StrictAnswer.error(400, "InvalidRequest")),
            Map.entry(StrictFault.UNSUPPORTED, StrictAnswer.error(501, "NotImplemented")),
            Map.entry(
                    StrictFault.REDIRECT,
                    StrictAnswer.error(301, "PermanentRedirect").with("x-amz-bucket-region", "eu-west-9")),
            Map.entry(StrictFault.SLOW_DOWN, StrictAnswer.error(503, "SlowDown")),
            Map.entry(StrictFault.FAIL_BEFORE, StrictAnswer.error(500, "InternalError")),
            Map.entry(StrictFault.CLOSE_BEFORE, StrictAnswer.empty(200)),
            Map.entry(StrictFault.HTML, StrictAnswer.page(200)));

    private final StrictBucket bucket;
    private final SignatureCheck signatures = new SignatureCheck(
            StrictS3.KEYS.accessKey().reveal(), StrictS3.KEYS.secretKey().reveal(), StrictS3.REGION);

    StrictAnswers(StrictBucket bucket) {
        this.bucket = bucket;
    }

    static StrictS3.Op op(StrictRequest request) {
        boolean isBucket = request.bucketAndKey().get(1).isEmpty();
        if (isBucket && request.method().equals("GET")) {
            return request.query().containsKey("versioning") ? StrictS3.Op.VERSIONING : StrictS3.Op.LIST;
        }
        return switch (request.method()) {
            case "GET" -> StrictS3.Op.GET;
            case "HEAD" -> StrictS3.Op.HEAD;
            case "PUT" -> StrictS3.Op.PUT;
            case "DELETE" -> StrictS3.Op.DELETE;
            default -> StrictS3.Op.OTHER;
        };
    }

    /** What a fault says without looking at the bucket. */
    static Optional<StrictAnswer> instead(StrictFault fault) {
        return Optional.ofNullable(INSTEAD.get(fault));
    }

    /** What a fault makes of an answer. */
    static StrictAnswer afterwards(StrictAnswer answer, StrictFault fault) {
        return switch (fault) {
            case FAIL_AFTER -> StrictAnswer.error(500, "InternalError");
            case HUGE -> new StrictAnswer(answer.status(), answer.headers(), new byte[2_000_000]);
            default -> answer;
        };
    }

    StrictAnswer to(StrictRequest request, StrictS3.Op op) {
        boolean reads =
                List.of(StrictS3.Op.GET, StrictS3.Op.HEAD, StrictS3.Op.LIST).contains(op);
        boolean isStranger = request.header("authorization").isEmpty();
        if (!(isStranger && reads && has(StrictMode.ANONYMOUS))) {
            Optional<String> complaint = signatures.complaint(request);
            if (complaint.isPresent()) {
                return StrictAnswer.error(403, complaint.get());
            }
        }
        if (!request.bucketAndKey().get(0).equals(StrictS3.BUCKET)) {
            return StrictAnswer.error(404, "NoSuchBucket");
        }
        return allowed(request, op, request.bucketAndKey().get(1));
    }

    private StrictAnswer allowed(StrictRequest request, StrictS3.Op op, String key) {
        return switch (op) {
            case GET, HEAD -> read(request, key);
            case PUT -> has(StrictMode.READ_ONLY) ? denied() : write(request, key);
            case DELETE -> has(StrictMode.READ_ONLY) || has(StrictMode.NO_DELETE) ? denied() : removed(key);
            case LIST -> StrictListing.of(request, bucket.list());
            case VERSIONING -> has(StrictMode.VERSIONING_DENIED) ? denied() : versioning();
            case OTHER -> StrictAnswer.error(501, "NotImplemented");
        };
    }

    private StrictAnswer read(StrictRequest request, String key) {
        Optional<StrictBucket.Item> item = bucket.get(key);
        if (item.isEmpty()) {
            return StrictAnswer.error(404, "NoSuchKey");
        }
        String etag = '"' + item.get().etag() + '"';
        StrictAnswer answer = new StrictAnswer(
                        200,
                        Map.of("Content-Type", "application/octet-stream"),
                        item.get().content())
                .with("ETag", etag)
                .with("Last-Modified", StrictListing.httpDate(item.get().at().truncatedTo(ChronoUnit.SECONDS)));
        return request.header("if-none-match").filter(etag::equals).isPresent()
                ? StrictAnswer.empty(304).with("ETag", etag)
                : answer;
    }

    private StrictAnswer write(StrictRequest request, String key) {
        StrictBucket.Put put =
                bucket.put(key, request.body(), request.header("if-match"), request.header("if-none-match"));
        return put.isDone()
                ? StrictAnswer.empty(200).with("ETag", '"' + put.etag() + '"')
                : StrictAnswer.error(put.status(), put.code());
    }

    private StrictAnswer removed(String key) {
        bucket.delete(key);
        return StrictAnswer.empty(204);
    }

    private StrictAnswer versioning() {
        boolean on = has(StrictMode.VERSIONED) || has(StrictMode.VERSIONED_IGNORES_CREATE_ONLY);
        return StrictAnswer.xml(
                200,
                "<VersioningConfiguration>" + (on ? "<Status>Enabled</Status>" : "") + "</VersioningConfiguration>");
    }

    private boolean has(StrictMode mode) {
        return bucket.modes().contains(mode);
    }

    private static StrictAnswer denied() {
        return StrictAnswer.error(403, "AccessDenied");
    }
}
