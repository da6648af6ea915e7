// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.Grant;
import dev.vigil.auth.TokenVault;
import dev.vigil.auth.VaultException;
import dev.vigil.vault.Journal;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Why a token has expired though the daemon looks after it, as far as the files tell. Blocks on the disk; throws
 * {@link VaultException}.
 *
 * @param story what happened to shared logins here, as {@link SyncHistory} writes it
 */
record NotRenewed(TokenVault vault, Journal story) {

    /** In words for people, without a full stop. */
    String why(Grant grant) {
        return lastStep(grant)
                .or(() -> lostAnswer(grant))
                .orElse("the daemon looks after it and has not got it renewed, and its log tells why");
    }

    /** Of another generation it says nothing any more. */
    private Optional<String> lastStep(Grant grant) {
        return story.lines().stream()
                .filter(line -> line.path("connector").asString("").equals(grant.connector())
                        && line.path("epoch").asLong(0) == grant.epoch()
                        && line.path("generation").asLong(0) == grant.tokens().generation())
                .flatMap(line -> shared(line, grant.connector()).stream())
                .reduce((before, last) -> last);
    }

    /** What keeps this machine from refreshing; empty for steps that do not. */
    private static Optional<String> shared(JsonNode step, String connector) {
        String other = step.path("other").asString("another machine");
        return switch (step.path("what").asString("")) {
            case "left_to_other" ->
                Optional.of(other + " began to refresh it and has not told what came of it. If it will not come back: "
                        + "vigil refresh --take-over " + connector);
            case "waited" -> Optional.of(other + " is refreshing it");
            case "no_bucket" ->
                Optional.of("the bucket is of no use now: " + step.path("why").asString("no reason told"));
            default -> Optional.empty();
        };
    }

    private Optional<String> lostAnswer(Grant grant) {
        return vault.intent(grant.connector())
                .filter(intent -> intent.generation() == grant.tokens().generation())
                .map(intent -> "its refresh token was sent at " + intent.at() + ", and no answer was saved");
    }
}
