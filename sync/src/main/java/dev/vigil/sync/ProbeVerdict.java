// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.sync.ProbedStore.Openness;
import dev.vigil.sync.ProbedStore.Versioning;
import dev.vigil.vault.Fields;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/**
 * May machines agree through this store? What {@link BucketProbe} found, to be kept, and found again when it is old or
 * when versioning has been switched. As JSON:
 *
 * <pre>
 * version      1
 * outcome      "accepted", "refused", "read_only"
 * reason       a sentence
 * at           when, by this machine's clock
 * etags        "quoted", "unquoted": how If-Match wants them
 * versioning   "off", "suspended", "enabled", "unknown"
 * openness     "closed", "open", "unknown": what somebody without credentials gets
 * cleaned      "yes", or "no" when the objects of the probe could not be deleted
 * writers      how many raced
 * creations    rounds of create-only with one winner each
 * replacements rounds of If-Match with one winner each
 * counted      increments of a counter by If-Match, all of which were found in the end
 * unclear      answers that left open whether a write stands
 * tookMillis
 * </pre>
 *
 * Unknown fields are kept.
 *
 * @param reason why, as a sentence for a person
 * @param cleaned could the objects of the probe be deleted?
 */
public record ProbeVerdict(
        Outcome outcome,
        String reason,
        Instant at,
        EtagStyle etags,
        Versioning versioning,
        Openness openness,
        boolean cleaned,
        Facts facts) {
    private static final long VERSION = 1;

    /** What a store is good for. */
    public enum Outcome {
        /** Its conditional writes hold. */
        ACCEPTED,
        /** They do not. */
        REFUSED,
        /** These credentials may only read: enough for a machine that uses what others keep alive. Nothing was proved. */
        READ_ONLY
    }

    /** How much was tried, and went well. */
    public record Facts(int writers, int creations, int replacements, int counted, int unclear, Duration took) {}

    public boolean isAccepted() {
        return outcome == Outcome.ACCEPTED;
    }

    /** The verdict in the form above, with what a newer Vigil may have added to {@code before}. */
    public byte[] toJson(ObjectNode before) {
        ObjectNode json = Fields.empty();
        json.put("version", VERSION);
        json.put("outcome", word(outcome));
        json.put("reason", reason);
        json.put("at", at.toString());
        json.put("etags", word(etags));
        json.put("versioning", word(versioning));
        json.put("openness", word(openness));
        json.put("cleaned", cleaned ? "yes" : "no");
        json.put("writers", facts.writers());
        json.put("creations", facts.creations());
        json.put("replacements", facts.replacements());
        json.put("counted", facts.counted());
        json.put("unclear", facts.unclear());
        json.put("tookMillis", facts.took().toMillis());
        return Fields.bytes(Fields.withUnknown(json, before));
    }

    public byte[] toJson() {
        return toJson(Fields.empty());
    }

    /** @throws IllegalArgumentException for anything else, or for what a newer Vigil wrote */
    public static ProbeVerdict fromJson(byte[] json) {
        Fields fields = Fields.parse(json);
        if (fields.number("version") > VERSION) {
            throw new IllegalArgumentException("the verdict was written by a newer Vigil");
        }
        return new ProbeVerdict(
                constant(Outcome.class, fields.text("outcome")),
                fields.text("reason"),
                fields.instant("at"),
                constant(EtagStyle.class, fields.text("etags")),
                constant(Versioning.class, fields.text("versioning")),
                constant(Openness.class, fields.text("openness")),
                fields.text("cleaned").equals("yes"),
                facts(fields));
    }

    private static Facts facts(Fields fields) {
        return new Facts(
                Math.toIntExact(fields.number("writers")),
                Math.toIntExact(fields.number("creations")),
                Math.toIntExact(fields.number("replacements")),
                Math.toIntExact(fields.number("counted")),
                Math.toIntExact(fields.number("unclear")),
                Duration.ofMillis(fields.number("tookMillis")));
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static <E extends Enum<E>> E constant(Class<E> type, String word) {
        return Enum.valueOf(type, word.toUpperCase(Locale.ROOT));
    }
}
