// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.vigil.sync.ObjectStore.Lost;
import dev.vigil.sync.ObjectStore.PutOutcome;
import dev.vigil.sync.ObjectStore.Stored;
import dev.vigil.sync.ObjectStore.Version;
import dev.vigil.sync.ObjectStore.Written;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/**
 * Writers that all want the same object at the same time, each on a thread of its own. An answer that leaves open whether
 * the write stands is settled by reading what stands. Called by one thread; the writers end with {@link #close}.
 */
final class ProbeRaces implements AutoCloseable {
    static final int WRITERS = 32;
    /** Rounds that proved nothing, because nobody was told anything clear; more of them, and the store is not well. */
    private static final int EMPTY_ROUNDS = 60;
    /** Any fair compare-and-swap lets somebody win each time, so no writer of 32 loses so often. */
    private static final int MOST_TRIES = 500;

    private final ObjectStore store;
    private final ProbeCrowd writers = new ProbeCrowd(WRITERS);
    private final AtomicInteger unclear = new AtomicInteger();
    /** Touched by the calling thread only. */
    private int emptyRounds;

    ProbeRaces(ObjectStore store) {
        this.store = store;
    }

    int unclear() {
        return unclear.get();
    }

    @Override
    public void close() {
        writers.close();
    }

    /** Everybody creates the object {@code key}. @return was there a winner to be seen? */
    boolean oneCreates(String key) throws ProbeRefused {
        return oneWins(key, "create-only writes (If-None-Match: *)", i -> store.putIfAbsent(key, nonce(key, i)));
    }

    /** Everybody replaces the same version of the object {@code key}. @return was there a winner to be seen? */
    boolean oneReplaces(String key, Version version) throws ProbeRefused {
        return oneWins(key, "conditional writes (If-Match)", i -> store.putIf(key, nonce(key, i), version));
    }

    private boolean oneWins(String key, String what, IntFunction<PutOutcome> write) throws ProbeRefused {
        List<Try> tries = writers.together(i -> attempt(() -> write.apply(i)));
        List<Integer> winners = new ArrayList<>();
        for (int i = 0; i < tries.size(); i++) {
            if (tries.get(i) == Try.WON) {
                winners.add(i);
            }
        }
        if (winners.size() > 1) {
            throw new ProbeRefused(winners.size() + " of " + WRITERS + " racing writers were told that they had won: "
                    + what + " do not hold here");
        }
        String standing = store.get(key).map(ProbeRaces::text).orElse("");
        if (winners.size() == 1) {
            if (!standing.equals(text(nonce(key, winners.get(0))))) {
                throw new ProbeRefused("what a winner wrote was not what stood there afterwards: " + what
                        + " do not hold here, or reads are stale");
            }
            return true;
        }
        return isSettled(key, what, tries, standing);
    }

    /** Nobody was told that he had won: then somebody whose answer got lost has, or nobody has. */
    private boolean isSettled(String key, String what, List<Try> tries, String standing) throws ProbeRefused {
        for (int i = 0; i < tries.size(); i++) {
            if (standing.equals(text(nonce(key, i)))) {
                if (tries.get(i) == Try.LOST) {
                    throw new ProbeRefused(
                            "a writer was told that it had lost, and its write stood: " + what + " do not hold here");
                }
                return true;
            }
        }
        emptyRounds++;
        if (emptyRounds > EMPTY_ROUNDS) {
            throw new ProbeRefused(
                    "in " + emptyRounds + " races nobody won: " + what + " never succeed under load here");
        }
        return false;
    }

    /**
     * Everybody adds lines to one object, {@code each} of them, by reading and If-Match. @return how many lines it has
     *
     * @throws ProbeRefused when a line is lost
     */
    int allCount(String key, int counters, int each) throws ProbeRefused {
        List<List<String>> lines = writers.together(i -> i < counters ? added(key, i, each) : List.of());
        List<String> found =
                store.get(key).map(ProbeRaces::text).orElse("").lines().toList();
        List<String> expected = lines.stream().flatMap(List::stream).toList();
        long lost = expected.stream().filter(line -> !found.contains(line)).count();
        if (lost > 0) {
            throw new ProbeRefused(lost + " of " + expected.size()
                    + " updates by compare-and-swap (If-Match) were acknowledged and lost");
        }
        if (expected.size() < counters * each || found.size() > counters * each + 1) {
            throw new ProbeRefused("of " + counters * each + " updates by compare-and-swap (If-Match) only "
                    + expected.size() + " came about, and " + found.size() + " stand");
        }
        return expected.size();
    }

    /** The lines that one writer got in. */
    private List<String> added(String key, int writer, int each) {
        List<String> added = new ArrayList<>();
        for (int tries = 0; added.size() < each && tries < MOST_TRIES; tries++) {
            String line = "writer " + writer + " line " + added.size();
            Optional<Stored> before = read(key);
            if (before.isPresent() && text(before.get()).lines().anyMatch(line::equals)) {
                added.add(line); // its answer had been lost
            } else if (before.isPresent()) {
                byte[] next = (text(before.get()) + line + "\n").getBytes(UTF_8);
                Version version = before.get().version();
                if (attempt(() -> store.putIf(key, next, version)) == Try.WON) {
                    added.add(line);
                }
            }
        }
        return added;
    }

    private Optional<Stored> read(String key) {
        try {
            return store.get(key);
        } catch (StoreException e) {
            return tolerated(e, Optional.empty());
        }
    }

    private enum Try {
        WON,
        LOST,
        UNCLEAR
    }

    private Try attempt(Callable<PutOutcome> write) {
        try {
            PutOutcome outcome = write.call();
            if (outcome instanceof Written) {
                return Try.WON;
            } else if (outcome instanceof Lost) {
                return Try.LOST;
            }
            throw new AssertionError(outcome);
        } catch (StoreException e) {
            return tolerated(e, Try.UNCLEAR);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Under load a good store may answer 500 or 503, too; one that is not there ends the probe. */
    private <T> T tolerated(StoreException failure, T instead) {
        unclear.incrementAndGet();
        if (!failure.isRetriable() || failure.kind() == StoreException.Kind.UNREACHABLE) {
            throw failure;
        }
        return instead;
    }

    private static byte[] nonce(String key, int writer) {
        return (key + " by writer " + writer).getBytes(UTF_8);
    }

    private static String text(Stored stored) {
        return text(stored.content());
    }

    private static String text(byte[] content) {
        return new String(content, UTF_8);
    }
}
