// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import dev.vigil.auth.Grant;
import dev.vigil.auth.LossBook;
import dev.vigil.auth.TimeSource;
import dev.vigil.auth.VaultException;

/**
 * Lost answers, a line each, in {@code events/lost-answers.jsonl} ({@link Journal}):
 *
 * <pre>
 * v           1
 * time        when it was given up
 * connector   whose
 * generation  of the tokens whose refresh token had been sent
 * </pre>
 */
public final class FileLosses implements LossBook {
    private final Journal journal;
    private final TimeSource time;

    FileLosses(Journal journal, TimeSource time) {
        this.journal = journal;
        this.time = time;
    }

    /** Once, however often the same token is sent. */
    @Override
    public void note(Grant sent) {
        if (isNoted(sent)) {
            return;
        }
        try {
            journal.append(Journal.line(time.now().wall().toString())
                    .put("connector", sent.connector())
                    .put("generation", sent.tokens().generation()));
        } catch (VaultException e) {
            // Then a login that follows counts against us.
        }
    }

    /** What cannot be read is no proof of a crash. */
    @Override
    public boolean isNoted(Grant grant) {
        try {
            return journal.lines().stream()
                    .anyMatch(line -> line.path("connector").asString("").equals(grant.connector())
                            && line.path("generation").asLong(0)
                                    == grant.tokens().generation());
        } catch (VaultException e) {
            return true;
        }
    }
}
