// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.vigil.auth.Now;
import dev.vigil.auth.TimeSource;
import dev.vigil.sync.ObjectStore.Entry;
import dev.vigil.sync.ObjectStore.Lost;
import dev.vigil.sync.ObjectStore.PutOutcome;
import dev.vigil.sync.ObjectStore.Stored;
import dev.vigil.sync.ObjectStore.Version;
import dev.vigil.sync.ObjectStore.Written;
import dev.vigil.sync.ProbeVerdict.Facts;
import dev.vigil.sync.ProbeVerdict.Outcome;
import dev.vigil.sync.ProbedStore.Openness;
import dev.vigil.sync.ProbedStore.Versioning;
import dev.vigil.vault.Randomness;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;

/**
 * Finds out whether machines may agree through a store: whether of many writers one wins, always, and whether no update
 * gets lost. Documentation does not say it, versioning can switch it off, and most servers that speak S3 get it wrong
 * under load only. Writes below {@code probe/RANDOM/}, some 1600 small writes, and cleans up where it may.
 * One probe is one life; any one thread.
 */
public final class BucketProbe {
    private static final int ROUNDS = 20;
    private static final int COUNTERS = 16;
    private static final int COUNTS = 4;

    private final ProbedStore store;
    private final TimeSource time;
    private final String folder = "probe/" + HexFormat.of().formatHex(Randomness.bytes(8)) + "/";
    /** The style under test, and in the end the one that works. */
    private EtagStyle style = EtagStyle.QUOTED;

    private int creations;
    private int replacements;
    private int counted;
    private int unclear;

    public BucketProbe(ProbedStore store, TimeSource time) {
        this.store = store;
        this.time = time;
    }

    /** @throws StoreException when the store is not there, not well, or not ours to read: nothing is proved then */
    public ProbeVerdict run() {
        Now begun = time.now();
        String first = folder + "first";
        try {
            store.list(folder);
            Version version;
            try {
                version = written(store.putIfAbsent(first, bytes("one")), "create-only writes (If-None-Match: *)");
            } catch (StoreException e) {
                if (e.kind() == StoreException.Kind.FORBIDDEN) {
                    return verdict(begun, Outcome.READ_ONLY, "these credentials may read and not write", first);
                }
                throw e;
            }
            checkConditions(first, version);
            race();
            return verdict(begun, Outcome.ACCEPTED, "conditional writes hold", first);
        } catch (ProbeRefused refused) {
            return verdict(begun, Outcome.REFUSED, String.valueOf(refused.getMessage()), first);
        }
    }

    /** Each rule alone, before anybody races. */
    private void checkConditions(String key, Version version) throws ProbeRefused {
        checkSeen(key, version, "one");
        lost(store.putIfAbsent(key, bytes("two")), "create-only writes (If-None-Match: *) are not honoured here");
        Version next = replaced(key, version);
        checkSeen(key, next, "two");
        lost(
                styled().putIf(key, bytes("three"), version),
                "conditional writes (If-Match) are not honoured here: a stale one went through");
        lost(
                styled().putIf(folder + "absent", bytes("x"), version),
                "conditional writes (If-Match) are not honoured here: one created an object");
    }

    /** Finds the style, too. */
    private Version replaced(String key, Version version) throws ProbeRefused {
        for (EtagStyle each : EtagStyle.values()) {
            style = each;
            if (styled().putIf(key, bytes("two"), version) instanceof Written written) {
                return written.version();
            }
        }
        throw new ProbeRefused("conditional writes (If-Match) never succeed here, with the ETag quoted or not");
    }

    private void checkSeen(String key, Version version, String content) throws ProbeRefused {
        Stored stored = store.get(key).orElseThrow(() -> new ProbeRefused("what was written is not there at once"));
        if (!stored.version().equals(version) || !new String(stored.content(), UTF_8).equals(content)) {
            throw new ProbeRefused(
                    "what was written is not what is read: reads are stale here, or change what they read");
        }
        List<Entry> listed = store.list(folder);
        if (listed.stream()
                .noneMatch(entry -> entry.key().equals(key) && entry.version().equals(version))) {
            throw new ProbeRefused("what was written is not in the listing at once, with its ETag");
        }
    }

    private void race() throws ProbeRefused {
        try (ProbeRaces races = new ProbeRaces(styled())) {
            try {
                for (int i = 0; creations < ROUNDS; i++) {
                    creations += races.oneCreates(folder + "create-" + i) ? 1 : 0;
                }
                for (int i = 0; replacements < ROUNDS; i++) {
                    String key = folder + "replace-" + i;
                    replacements += races.oneReplaces(key, created(key)) ? 1 : 0;
                }
                created(folder + "count");
                counted = races.allCount(folder + "count", COUNTERS, COUNTS);
            } finally {
                unclear = races.unclear();
            }
        }
    }

    private Version created(String key) throws ProbeRefused {
        return written(store.putIfAbsent(key, bytes("begin\n")), "create-only writes (If-None-Match: *)");
    }

    private ObjectStore styled() {
        return store.speaking(style);
    }

    private ProbeVerdict verdict(Now begun, Outcome outcome, String reason, String key) {
        Versioning versioning = store.versioning();
        Openness openness = store.openness(key);
        boolean cleaned = isCleaned();
        Now end = time.now();
        Duration took = end.monotonic().minus(begun.monotonic());
        Facts facts = new Facts(ProbeRaces.WRITERS, creations, replacements, counted, unclear, took);
        return new ProbeVerdict(
                outcome, reason + hint(outcome, versioning), end.wall(), style, versioning, openness, cleaned, facts);
    }

    private static String hint(Outcome outcome, Versioning versioning) {
        return outcome == Outcome.REFUSED && versioning == Versioning.ENABLED
                ? ". Versioning is switched on, which some stores do not combine with them: try a bucket without it"
                : "";
    }

    /** Deleting needs a right that nothing else of Vigil's needs, so that it is not missed. */
    private boolean isCleaned() {
        try {
            store.list(folder).forEach(entry -> store.delete(entry.key()));
            return true;
        } catch (StoreException e) {
            return false;
        }
    }

    private static Version written(PutOutcome outcome, String what) throws ProbeRefused {
        if (outcome instanceof Written written) {
            return written.version();
        }
        throw new ProbeRefused(what + " do not succeed here, though nothing stands in the way");
    }

    private static void lost(PutOutcome outcome, String otherwise) throws ProbeRefused {
        if (!(outcome instanceof Lost)) {
            throw new ProbeRefused(otherwise);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
