// SPDX-License-Identifier: Apache-2.0
package dev.vigil.race;

import dev.vigil.auth.TaskLoop;
import dev.vigil.auth.Timeline;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;

/** Threads that bring tasks to a loop: one runs at a time, and none is lost. */
public abstract class LoopScenario {
    private final TaskLoop loop;
    /** Touched on the loop only, and therefore neither volatile nor guarded. */
    private int done;

    LoopScenario(TaskLoop loop) {
        this.loop = loop;
    }

    /** What the other tests take for a loop: must hold, or they prove nothing. */
    public static final class OfTheTimeline extends LoopScenario {
        public OfTheTimeline() {
            super(new Timeline());
        }
    }

    public static final class OfAHastyLoop extends LoopScenario {
        public OfAHastyLoop() {
            super(new HastyLoop());
        }
    }

    @Operation
    public void bring() {
        loop.execute(() -> {
            int before = done;
            done = before + 1;
        });
    }

    @Validate
    public void check() {
        if (done != 3) {
            throw new IllegalStateException("of 3 tasks " + done + " were done by themselves");
        }
    }
}
