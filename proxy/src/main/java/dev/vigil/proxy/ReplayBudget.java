// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How much of all request bodies may be held for a replay at one time. Shared by all event loops.
 */
final class ReplayBudget {
    /** More of one body is not held: such a request is answered "renewed, call again" instead of being sent twice. */
    static final int PER_REQUEST = 1024 * 1024;

    static final int IN_ALL = 32 * 1024 * 1024;

    private final AtomicLong held = new AtomicLong();

    /** Takes {@code bytes}; false, and takes nothing, when that would be too much. */
    boolean take(int bytes) {
        if (held.addAndGet(bytes) <= IN_ALL) {
            return true;
        }
        held.addAndGet(-bytes);
        return false;
    }

    void giveBack(long bytes) {
        held.addAndGet(-bytes);
    }

    long held() {
        return held.get();
    }
}
