// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.Authorization.Live;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Where a keeper is tried: time and refreshes move by hand, and it keeps one connector. */
abstract class KeeperStage {
    static final Duration HOUR = Duration.ofHours(1);
    static final Connector NOTION = Connector.oauth("notion", Grants.SERVER);

    final Timeline time = new Timeline();
    final MemoryVault vault = new MemoryVault(time);
    final Deque<Runnable> refreshIo = new ArrayDeque<>();
    final RefreshPolicy policy = new RefreshPolicy("laptop", name -> RefreshSettings.DEFAULT);

    private final Duration step;

    /** @param step in which time passes */
    KeeperStage(Duration step) {
        this.step = step;
    }

    abstract TokenKeeper keeper();

    void startWith(Grant grant) {
        vault.appear(grant);
        keeper().manage(List.of(NOTION));
        assertThat(keeper().look("notion")).isInstanceOf(Live.class);
    }

    /** Lets time pass in small steps and runs what falls due on the way. */
    void pass(Duration total) {
        for (Duration passed = Duration.ZERO; passed.compareTo(total) < 0; passed = passed.plus(step)) {
            time.advance(step);
            runRefreshes();
        }
    }

    void runRefreshes() {
        while (!refreshIo.isEmpty()) {
            refreshIo.poll().run();
        }
    }

    Live live() {
        return (Live) keeper().look("notion");
    }

    long generation() {
        return live().generation();
    }
}
