// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.TimeSource;
import dev.vigil.sync.BucketProbe;
import dev.vigil.sync.ProbeVerdict;
import dev.vigil.sync.ProbeVerdict.Outcome;
import dev.vigil.sync.S3Settings;
import dev.vigil.sync.S3Store;
import dev.vigil.sync.StoreException;
import dev.vigil.sync.StrictS3;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Adobe's S3Mock answers each condition as S3 does when one client asks, and lets several win when many do: the probe must
 * refuse it, and say why.
 */
@Timeout(180)
class S3MockIT {
    private static final Duration START = Duration.ofMinutes(2);
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

    @Test
    void storeThatLosesUpdatesIsRefusedWithTheReason(@TempDir Path folder) {
        int port = FreePort.find();
        List<String> command = List.of(
                JAVA.toString(),
                "-Xmx256m",
                "-jar",
                Checkout.ROOT.resolve("it-tests/target/s3mock.jar").toString(),
                "--server.port=0",
                "--com.adobe.testing.s3mock.http-port=" + port,
                "--com.adobe.testing.s3mock.store.root=" + folder,
                "--com.adobe.testing.s3mock.store.initial-buckets=team-vigil");
        S3Settings settings = S3Settings.at(URI.create("s3://team-vigil/prod"))
                .withEndpoint(URI.create("http://127.0.0.1:" + port))
                .withKeys(StrictS3.KEYS);
        try (Child server = Child.start("s3mock", new ProcessBuilder(command));
                S3Store store = new S3Store(settings, TimeSource.system())) {
            Await.until(START, () -> isUp(store), server::story);
            ProbeVerdict verdict = new BucketProbe(store, TimeSource.system()).run();
            System.out.println("S3Mock was refused: " + verdict.reason());
            assertThat(verdict.outcome()).as(verdict.reason()).isEqualTo(Outcome.REFUSED);
            assertThat(verdict.reason()).containsAnyOf("won", "lost", "at once");
        }
    }

    private static boolean isUp(S3Store store) {
        try {
            return store.list("").isEmpty();
        } catch (StoreException e) {
            return false;
        }
    }
}
