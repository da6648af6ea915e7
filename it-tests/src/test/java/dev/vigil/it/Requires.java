// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import org.opentest4j.TestAbortedException;

/**
 * What a test needs and Maven cannot bring. Missing, it makes the test skip with a line that says what to install; where
 * {@code CI=true} nothing may be skipped, and it fails instead.
 */
final class Requires {
    private Requires() {}

    /** The way out for a test whose {@code part} is missing. */
    static RuntimeException missing(String part, String remedy) {
        String line = "SKIPPED for want of " + part + ". " + remedy;
        if ("true".equals(System.getenv("CI"))) {
            throw new AssertionError("With CI=true nothing may be skipped. " + line);
        }
        System.err.println(line);
        return new TestAbortedException(line);
    }
}
