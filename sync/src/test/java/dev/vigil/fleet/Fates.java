// SPDX-License-Identifier: Apache-2.0
package dev.vigil.fleet;

import java.time.Duration;
import java.util.Optional;

/** What becomes of what a machine does. Asked by the job that does it. */
interface Fates {
    /** What becomes of one token request. */
    enum End {
        ANSWERED,
        NOT_CONNECTED,
        /** 503: the server has not acted, and says so. */
        UNAVAILABLE,
        /** The connection breaks before the server has acted. */
        RESET,
        /** The server acts, and its answer is lost. */
        LOST
    }

    /**
     * @param connect until the connection stands
     * @param before from then on until the server acts
     * @param after until its answer is here
     */
    record Posted(End end, Duration connect, Duration before, Duration after) {}

    /**
     * @param arrives does the bucket get to see it?
     * @param before until the bucket acts
     * @param after until its answer is here
     * @param answered does its answer arrive?
     */
    record Asked(boolean arrives, Duration before, Duration after, boolean answered) {}

    Posted post(Box box, String issuer);

    Asked ask(Box box);

    /** Does the bucket refuse this request at once? */
    boolean refuses(String step);

    /** The job has come to this step, where it may be killed, sent to sleep, or cut off. */
    void step(Box box, String step);

    /** How long the next round of a machine takes, if all of it goes quickly. */
    Optional<Duration> instant(Box box);

    /** Has a connection not survived the machine's sleep? */
    boolean isGone();
}
