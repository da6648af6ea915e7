// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** Work that waits for a thread that may be held up for long. */
class NewestTest {
    private final Queue<Runnable> queue = new ArrayDeque<>();
    private final List<String> done = new ArrayList<>();
    private final Newest newest = new Newest(queue::add);

    @Test
    void whatIsOvertakenBeforeItsTurnIsNeverDoneAndOneTaskWaitsForEachKey() {
        for (int i = 0; i < 100; i++) {
            String work = "tools " + i;
            newest.execute(List.of("notion", "tools/list"), () -> done.add(work));
        }
        newest.execute(List.of("notion", "prompts/list"), () -> done.add("prompts"));

        assertThat(queue).hasSize(2);
        run();
        assertThat(done).containsExactly("tools 99", "prompts");
    }

    @Test
    void whatComesAfterItsTurnIsDoneToo() {
        newest.execute("key", () -> {
            done.add("first");
            newest.execute("key", () -> done.add("meanwhile"));
        });
        run();
        newest.execute("key", () -> done.add("later"));
        run();

        assertThat(done).containsExactly("first", "meanwhile", "later");
    }

    private void run() {
        for (Runnable task = queue.poll(); task != null; task = queue.poll()) {
            task.run();
        }
    }
}
