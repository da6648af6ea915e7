// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import dev.vigil.auth.RefreshOutcome.Unanswered;

/** Notes each answer that was lost on the wire; what {@link PersonLogin} finds no note of, a crash of ours has lost. */
public record NotedLosses(Refresher inner, LossBook losses) implements WrappingRefresher {
    @Override
    public RefreshOutcome refresh(Grant held, Terms terms) {
        RefreshOutcome outcome = inner.refresh(held, terms);
        if (outcome instanceof Unanswered) {
            losses.note(held);
        }
        return outcome;
    }
}
