// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import java.time.Duration;

/**
 * How long the proxy is silent before it speaks itself.
 *
 * @param earlyStream after so long without an answer a client is given an event stream of ours: one gives up after 60 s
 *     without a head, but waits for minutes once events may come
 * @param pulse after so long without a word a comment is written on an event stream; some clients end one after 300 s
 */
public record Pacing(Duration earlyStream, Duration pulse) {
    public static final Pacing STANDARD = new Pacing(Duration.ofSeconds(25), Duration.ofSeconds(25));
}
