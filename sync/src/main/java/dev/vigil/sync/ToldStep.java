// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.sync.SharedStep.What;
import dev.vigil.vault.Fields;
import java.time.Instant;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/**
 * A step, as a machine tells the others of it.
 *
 * @param at by that machine's clock
 * @param machine its name
 */
public record ToldStep(Instant at, String machine, SharedStep step) {

    ObjectNode into(ObjectNode node) {
        return node.put("at", at.toString())
                .put("connector", step.connector())
                .put("what", step.what().word())
                .put("epoch", step.epoch())
                .put("generation", step.generation())
                .put("other", step.other().orElse(null))
                .put("why", step.why().orElse(null));
    }

    /** @throws IllegalArgumentException also for a word that only a newer Vigil knows */
    static ToldStep read(Fields fields, String machine) {
        SharedStep step = new SharedStep(
                fields.text("connector"),
                What.valueOf(fields.text("what").toUpperCase(Locale.ROOT)),
                fields.number("epoch"),
                fields.number("generation"),
                fields.maybeText("other"),
                fields.maybeText("why"));
        return new ToldStep(fields.instant("at"), machine, step);
    }
}
