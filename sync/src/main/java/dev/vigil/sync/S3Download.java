// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.sync.StoreException.Kind;
import java.io.IOException;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** What came, cut one byte after the limit: to be judged outside, since the SDK wraps what is thrown inside. */
record S3Download(GetObjectResponse head, byte[] content) {
    static S3Download of(GetObjectResponse head, AbortableInputStream in) throws IOException {
        byte[] content = in.readNBytes(ObjectStore.LONGEST_OBJECT + 1);
        if (content.length > ObjectStore.LONGEST_OBJECT) {
            in.abort();
        }
        return new S3Download(head, content);
    }

    /** The JDK's client takes the end of the connection for the end of the head or the body, whatever was promised. */
    byte[] checked(S3Call call) {
        if (content.length > ObjectStore.LONGEST_OBJECT) {
            throw call.failure(Kind.TOO_LARGE, false, "it is longer than " + ObjectStore.LONGEST_OBJECT + " bytes");
        }
        if (head.contentLength() == null) {
            throw call.failure(Kind.SERVER_FAULT, false, "an answer without a length, so not S3's, or torn");
        }
        if (content.length < head.contentLength()) {
            throw call.failure(Kind.CUT, false, content.length + " of " + head.contentLength() + " bytes came");
        }
        return content;
    }
}
