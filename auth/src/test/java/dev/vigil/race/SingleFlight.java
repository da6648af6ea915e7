// SPDX-License-Identifier: Apache-2.0
package dev.vigil.race;

import dev.vigil.auth.Grant;
import java.util.concurrent.CompletionStage;

/** What is asked of a keeper from many threads: one refresh, however many ask. */
interface SingleFlight {
    /** Completes with a grant newer than {@code used}, refreshing once for all who ask. */
    CompletionStage<Grant> newerThan(long used);

    /** What requests see now. */
    Grant look();
}
