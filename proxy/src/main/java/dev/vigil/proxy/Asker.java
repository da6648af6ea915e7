// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;

/** Hears what came of {@link Asking}, on the client's event loop. */
interface Asker {
    /** The answer's head. Unless it is {@link Verdict.Pass}, the answer has been dropped, and the request may be asked again. */
    void judged(HttpResponse head, Verdict verdict);

    /** A piece of the answer that passes; the asker owns it. */
    void piece(HttpContent piece);

    /** What has been heard since the last time may be flushed on. */
    void flush();

    /** There is no answer, or no more of it. */
    void failed(OwnAnswer why);
}
