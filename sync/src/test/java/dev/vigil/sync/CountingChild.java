// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Another process that counts in a folder, by compare-and-swap. */
final class CountingChild implements AutoCloseable {
    private final Process process;

    private CountingChild(Process process) {
        this.process = process;
    }

    static CountingChild start(Path folder, int times) throws IOException {
        return new CountingChild(new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CountingChild.class.getName(),
                        folder.toUri().toString(),
                        "" + times))
                .inheritIO()
                .start());
    }

    int exit() throws InterruptedException {
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            throw new AssertionError("the child did not end");
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** @param arguments the folder's address, how often */
    public static void main(String[] arguments) {
        FolderStore store = FolderStore.at(URI.create(arguments[0]), Duration.ofSeconds(60));
        for (int done = 0; done < Integer.parseInt(arguments[1]); ) {
            Optional<ObjectStore.Stored> before = store.get("counter");
            long count = before.map(stored -> Long.parseLong(new String(stored.content(), UTF_8)))
                    .orElse(0L);
            byte[] next = String.valueOf(count + 1).getBytes(UTF_8);
            ObjectStore.PutOutcome outcome = before.map(stored -> store.putIf("counter", next, stored.version()))
                    .orElseGet(() -> store.putIfAbsent("counter", next));
            done += outcome instanceof ObjectStore.Written ? 1 : 0;
        }
    }
}
