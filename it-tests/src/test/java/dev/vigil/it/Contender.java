// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.util.List;

/** One of those that are compared: stands between MCP clients and a protected server. One thread at a time. */
interface Contender extends AutoCloseable {
    /** As the table names it. */
    String who();

    /** A person comes and logs in. */
    void login();

    /**
     * Starts what serves clients, and so many clients at once, each of which makes one call.
     *
     * @return what each heard, timed from the start of it all
     */
    List<Answer> start(int clients);

    /** One more call by the first client. */
    Answer call();

    /** Browser tabs opened so far. */
    int tabs();

    @Override
    void close();
}
