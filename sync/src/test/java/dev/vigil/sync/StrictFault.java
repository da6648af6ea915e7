// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

/** What the strict server does to one request, once. */
public enum StrictFault {
    /** All goes well. */
    NONE,
    /** 412, whatever stands there. */
    PRECONDITION_FAILED,
    /** 409 ConditionalRequestConflict, as AWS documents it for writers that meet. */
    CONFLICT,
    /** 403 AccessDenied. */
    DENIED,
    /** 404 NoSuchBucket. */
    NO_BUCKET,
    /** 404 NoSuchKey. */
    NO_KEY,
    /** 400 InvalidRequest. */
    BAD_REQUEST,
    /** 501 NotImplemented. */
    UNSUPPORTED,
    /** 307 to another place. */
    REDIRECT,
    /** 503 SlowDown, nothing done. */
    SLOW_DOWN,
    /** 500, nothing done. */
    FAIL_BEFORE,
    /** Done, then 500. */
    FAIL_AFTER,
    /** 200 with a page of HTML, nothing done. */
    HTML,
    /** Reads the request and closes, nothing done. */
    CLOSE_BEFORE,
    /** Done, then closes without a byte. */
    CLOSE_AFTER,
    /** Done, then closes in the middle of the status line and headers. */
    CUT_HEAD,
    /** Done, then closes in the middle of the body. */
    CUT_BODY,
    /** Done, and never answers. */
    SILENT,
    /** Done, and answers a byte at a time, each within every limit for one read. */
    DRIP,
    /** Done, with an answer of two million bytes. */
    HUGE
}
