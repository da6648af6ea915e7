// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

/** What the keeper should do with a live token, and when to ask again. */
sealed interface Step {
    record Wait(Deadline until) implements Step {}

    /** Nothing to do until something happens. */
    record Rest() implements Step {}

    record Refresh() implements Step {}
}
