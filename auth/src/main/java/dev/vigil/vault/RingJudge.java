// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import dev.vigil.vault.RingJson.Listed;
import dev.vigil.vault.RingJson.Reading;
import dev.vigil.vault.SharedRing.Verdict;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What a ring that somebody shows us is to the one that we hold. The revision decides, which nobody can change without the
 * key-encryption key; never a clock, but for two rings that grew from one state.
 */
record RingJudge(List<KekSource> sources, Path held) {

    Verdict verdict(byte[] found, Optional<Ring> ours) {
        try {
            Fields fields = Fields.parse(found);
            if (fields.number("version") > JsonFile.VERSION) {
                return new Verdict.Refused(
                        "The key ring in the bucket was written by a newer Vigil (format " + fields.number("version")
                                + ", this one knows " + JsonFile.VERSION + "). Use that Vigil here too");
            }
            return verdict(fields, RingJson.open(fields, sources), ours);
        } catch (IllegalArgumentException e) {
            return damaged(String.valueOf(e.getMessage()), ours);
        }
    }

    private Verdict verdict(Fields fields, Reading reading, Optional<Ring> ours) {
        if (reading instanceof Reading.OtherKey other) return otherKey(fields, other.wrappedBy());
        if (reading instanceof Reading.Changed) return damaged("it was changed after it was written", ours);
        if (reading instanceof Reading.Open open) {
            return ours.map(ring -> against(ring, open.ring())).orElseGet(() -> new Verdict.Newer(Optional.empty()));
        }
        throw new AssertionError(reading);
    }

    private Verdict against(Ring ours, Ring theirs) {
        if (!theirs.vault().equals(ours.vault())) {
            return new Verdict.Refused("The key ring in the bucket belongs to another vault (" + theirs.vault()
                    + ") than the one that this machine has shared so far (" + ours.vault()
                    + "), so nothing there is used. If the bucket was changed on purpose, move " + held + " away");
        }
        long difference = theirs.revision().number() - ours.revision().number();
        if (difference < 0) {
            return new Verdict.Older(
                    "it is revision " + theirs.revision().number() + ", and revision "
                            + ours.revision().number() + " has been seen here",
                    false);
        }
        boolean isFork = difference == 0 && !ours.keyIds().equals(theirs.keyIds());
        return isFork && prevails(ours, theirs)
                ? new Verdict.Older("it grew beside the one that is held here", true)
                : new Verdict.Newer(healing(ours, theirs));
    }

    /** Every machine comes to the same answer. What was sealed under the other one's keys is healed by who made them. */
    private static boolean prevails(Ring ours, Ring theirs) {
        return Comparator.comparing((Ring ring) -> ring.createdAt(ring.primary()))
                        .thenComparing(Ring::primary)
                        .compare(ours, theirs)
                > 0;
    }

    /** After somebody was shut out, what is under the old keys may be from them. */
    private static Optional<Resealing> healing(Ring ours, Ring theirs) {
        Resealing resealing = new Resealing(ours, theirs);
        boolean isTrusted = ours.revision().number() >= theirs.revision().shutOut();
        return Optional.of(resealing).filter(one -> isTrusted && one.hasLostKeys());
    }

    private static Verdict damaged(String what, Optional<Ring> ours) {
        return ours.isPresent()
                ? new Verdict.Older("it is damaged: " + what, false)
                : new Verdict.Refused("The key ring in the bucket is damaged: " + what
                        + ". A machine that has a copy puts it back when it syncs");
    }

    private Verdict otherKey(Fields fields, String wrappedBy) {
        Instant changed = RingJson.listed(fields).stream()
                .map(Listed::created)
                .max(Comparator.naturalOrder())
                .orElse(Instant.EPOCH)
                .truncatedTo(ChronoUnit.SECONDS);
        KekSource source = sources.get(0);
        String ours = source.isMissing()
                ? "and this machine has none yet"
                : "and the one here (" + told(source.word()) + ") is another";
        return new Verdict.Refused("The key ring in the bucket, whose newest key was made " + changed
                + ", is wrapped by a key-encryption key (" + told(wrappedBy) + " on the machine that wrote it), " + ours
                + ". Bring it here: on that machine vigil keys export FILE, here vigil keys import FILE; or name the same one"
                + " under keys: in the config");
    }

    private static String told(String word) {
        return switch (word) {
            case "file" -> "the file keys/kek";
            case "passphrase" -> "a passphrase";
            default -> "named in the config";
        };
    }
}
