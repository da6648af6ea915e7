// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.auth.Now;
import dev.vigil.auth.TimeSource;
import dev.vigil.sync.SharedVault.Found;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tells the others what happens on this machine, and hears what happens on theirs. Any thread. */
final class MachinePages {
    /** Where nothing happens, a sign of life is enough. */
    private static final Duration QUIET = Duration.ofMinutes(5);

    private final SharedVault bucket;
    private final Machine self;
    private final TimeSource time;

    /** Not yet published. Guarded by this, like below. */
    private final List<ToldStep> untold = new ArrayList<>();

    private Optional<Now> published = Optional.empty();

    MachinePages(SharedVault bucket, Machine self, TimeSource time) {
        this.bucket = bucket;
        this.self = self;
        this.time = time;
    }

    /** To be told with the next publication. */
    synchronized void note(SharedStep step) {
        untold.add(new ToldStep(time.now().wall(), self.name(), step));
        if (untold.size() > MachinePage.LONGEST_STORY) {
            untold.remove(0);
        }
    }

    /**
     * Writes what there is to tell, where there is something, or nothing was told for long. What the bucket does not take is
     * told later.
     *
     * @param beats of this machine's main loop
     * @throws StoreException when the bucket gives no clear answer
     */
    void publish(Map<String, Instant> beats) {
        Now now = time.now();
        List<ToldStep> telling = due();
        if (telling.isEmpty() && published().filter(at -> isRecent(at, now)).isPresent()) {
            return;
        }
        MachinePage blank = new MachinePage(self, now.wall(), Map.of(), List.of());
        Optional<Found<MachinePage>> standing = standing(blank);
        MachinePage before = standing.map(Found::value).orElse(blank);
        MachinePage next =
                new MachinePage(self, now.wall(), before.beats(), before.story()).with(now.wall(), beats, telling);
        if (bucket.put(next, standing.map(Found::version)).isPresent()) {
            done(telling, now);
        }
    }

    /** One that does not open is begun anew: no other machine writes here, so somebody has spoilt it. */
    private Optional<Found<MachinePage>> standing(MachinePage blank) {
        try {
            return bucket.page(self);
        } catch (StoreException e) {
            if (!e.isSpoilt()) {
                throw e;
            }
            return bucket.spoiltPage(self).map(version -> new Found<>(blank, version));
        }
    }

    private static boolean isRecent(Now at, Now now) {
        return now.monotonic().minus(at.monotonic()).compareTo(QUIET) < 0;
    }

    private synchronized Optional<Now> published() {
        return published;
    }

    private synchronized List<ToldStep> due() {
        return List.copyOf(untold);
    }

    private synchronized void done(List<ToldStep> told, Now now) {
        untold.removeAll(told);
        published = Optional.of(now);
    }
}
