// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import io.netty.handler.codec.http.HttpContent;

/**
 * One request being served on a client's connection. Called on that connection's event loop only; tells
 * {@link ClientHandler} when it is over.
 */
interface Turn {

    /** A piece of the request's body, the last one included. The turn owns it now. */
    void content(HttpContent piece);

    /** The client's connection takes more again, or no more for now. */
    default void clientWritabilityChanged() {}

    /** The client has gone. Nothing may be written any more. */
    default void clientGone() {}

    /** The proxy is closing: end at the next decent moment. */
    default void endSoon() {}
}
