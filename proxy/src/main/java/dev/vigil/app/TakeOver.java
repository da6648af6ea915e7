// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.app.Failure.Code;
import dev.vigil.auth.Connector;
import dev.vigil.auth.Grant;
import dev.vigil.auth.RefreshOutcome;
import dev.vigil.auth.RefreshOutcome.Adopted;
import dev.vigil.auth.RefreshOutcome.Refreshed;
import dev.vigil.auth.RefreshOutcome.Rejected;
import dev.vigil.auth.RefreshOutcome.Unanswered;
import dev.vigil.auth.RefreshOutcome.Unreachable;
import dev.vigil.auth.Refresher;
import java.util.List;
import java.util.Optional;

/** {@code vigil refresh --take-over NAME}: a person says that another machine will not come back. */
record TakeOver(Workplace workplace, Optional<SharedBucket> bucket) {

    /** @return the exit code */
    int of(List<Connector> wanted, List<String> names) {
        if (names.size() != 1) {
            throw new Failure(Code.USAGE, "--take-over wants one connector: vigil refresh --take-over NAME");
        }
        SharedBucket shared = bucket.orElseThrow(() ->
                new Failure(Code.USAGE, "no bucket is configured, so no other machine can be asked for its turn"));
        Connector connector = wanted.get(0);
        Grant held = workplace
                .vault()
                .load(connector.name())
                .filter(grant -> grant.fits(connector))
                .orElseThrow(() -> new Failure(
                        Code.LOGIN_NEEDED,
                        "there is no login to " + connector.name() + " here. Run: vigil login " + connector.name()));
        Refresher alone = RefreshStack.of(
                workplace.vaults(),
                workplace.transport(),
                workplace.policy(workplace.config()),
                workplace.shell().time());
        RefreshOutcome outcome = shared.sharing().takeOver(alone, held);
        workplace.tellDaemon();
        workplace.shell().sayForeign(connector.name() + ": " + words(outcome, connector.name()));
        return exit(outcome);
    }

    private static String words(RefreshOutcome outcome, String name) {
        if (outcome instanceof Refreshed) return "refreshed here; the other machines follow.";
        if (outcome instanceof Adopted) return "the other machine has told by now: its tokens are ours.";
        if (outcome instanceof Rejected no) {
            return "the server says no (" + no.oauthError()
                    + "): the new tokens of the other machine are the live ones,"
                    + " or nobody's. If it does not come back, run: vigil login " + name;
        }
        if (outcome instanceof Unreachable not) return "not now: " + not.reason() + ". Nothing was sent.";
        if (outcome instanceof Unanswered lost) return "no answer: " + lost.reason();
        throw new AssertionError(outcome);
    }

    private static int exit(RefreshOutcome outcome) {
        if (outcome instanceof Refreshed || outcome instanceof Adopted) return 0;
        return outcome instanceof Rejected ? Code.LOGIN_NEEDED.number() : Code.UNREACHABLE.number();
    }
}
