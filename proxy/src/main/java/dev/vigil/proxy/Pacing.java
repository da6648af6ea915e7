// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import java.time.Duration;

/**
 * How long the proxy is silent before it speaks itself.
 *
 * @param earlyStream after so long without an answer a client is given an event stream of ours: one gives up after 60 s
 *     without a head, but waits for minutes once events may come
 * @param pulse after so long without a word a comment is written on an event stream; some clients end one after 300 s
 * @param connect for so long an upstream's trouble at connect is ridden out before the client is told; most give up
 *     after 30 s
 */
public record Pacing(Duration earlyStream, Duration pulse, Duration connect) {
    public static final Pacing STANDARD =
            new Pacing(Duration.ofSeconds(25), Duration.ofSeconds(25), Duration.ofSeconds(10));
}
