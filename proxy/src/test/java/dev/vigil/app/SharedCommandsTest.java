// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.demo.DemoAuthServer;
import dev.vigil.demo.DemoBrowser;
import dev.vigil.demo.DemoMcpServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands without a daemon, on machines that share logins. */
class SharedCommandsTest {
    private static final String KEK = "1234567890abcdef".repeat(4);

    @TempDir
    Path folder;

    private final Ahead clock = new Ahead();
    private DemoAuthServer auth;
    private DemoMcpServer mcp;
    private Path bucket;
    private Cli laptop;
    private Cli scheduler;

    @BeforeEach
    void laptopHasALogin() throws IOException {
        auth = DemoAuthServer.start(DemoAuthServer.Settings.standard()
                .withAccessLifetime(Duration.ofHours(1))
                .withTime(clock));
        mcp = DemoMcpServer.start(DemoMcpServer.Settings.protectedBy(auth));
        bucket = makePrivate("bucket");
        laptop = machine("laptop");
        scheduler = machine("scheduler");
        Cli.Ended begun = laptop.run("sync", "init");
        assertThat(begun.code()).as(begun.out() + begun.err()).isZero();
    }

    @AfterEach
    void tearDown() {
        laptop.close();
        scheduler.close();
        mcp.close();
        auth.close();
    }

    @Test
    void loginInTheBucketIsTakenOver() {
        login(laptop);
        assertThat(scheduler.run("status").out()).contains("notion  logged in, token good for 59m");
    }

    @Test
    void loginThatMayBeElsewhereIsNotAskedFor() throws IOException {
        login(laptop);
        bucketIsGone();
        assertThat(scheduler.run("status").out())
                .contains("notion  not here", "another machine may hold it, but the bucket cannot be read: ")
                .contains(bucket + " is no folder")
                .doesNotContain("vigil login");
    }

    @Test
    void loginThatIsNowhereIsAskedFor() {
        assertThat(scheduler.run("status").out()).contains("notion  not logged in. Run: vigil login notion");
    }

    @Test
    void loginWithoutADaemonIsWrittenToTheBucketAtOnceAndCounted() {
        login(laptop);
        assertThat(laptop.run("sync", "status").out()).contains(" fine, 0 failed, 0 skipped; 1 written, 0 taken over");
    }

    @Test
    void twoLoginsAreToldUntilOneIsChosen() throws IOException {
        assertThat(scheduler.run("sync", "now").code()).isZero();
        bucketIsGone();
        login(scheduler);
        Files.delete(bucket);
        Files.move(folder.resolve("away"), bucket);
        login(laptop);
        assertThat(scheduler.run("sync", "now").out())
                .contains("both are kept. To decide: vigil sync resolve notion --keep here, or --keep there");
        String warning = "Warning: notion has two logins, one here and one in the bucket. To decide: vigil sync resolve"
                + " notion --keep here, or --keep there\n";
        assertThat(scheduler.run("status").out()).endsWith(warning);
        assertThat(scheduler.run("status", "notion").out()).endsWith(warning);
        assertThat(scheduler.run("sync", "resolve", "notion", "--keep", "there").code())
                .isZero();
        assertThat(scheduler.run("status").out()).doesNotContain("Warning");
    }

    @Test
    void loginThatTheOthersCannotKnowOfYetSaysSo() throws IOException {
        bucketIsGone();
        assertThat(login(laptop).err())
                .contains("Note: the other machines do not know of it yet: ")
                .contains(bucket + " is no folder");
    }

    /** Its daemon began before, or somebody took {@code sync:} out again. */
    @Test
    void whatWasSharedIsNotSpentWithoutTheBucket() {
        login(laptop);
        scheduler.run("sync", "now");
        scheduler.config(scheduler.config().replaceFirst("sync: .*\n", ""));
        clock.move(Duration.ofMinutes(59));
        Cli.Ended refused = scheduler.run("refresh");
        assertThat(refused.out() + refused.err()).contains("it is shared with other machines");
        assertThat(refused.code()).isEqualTo(5);
        assertThat(auth.counts().refreshes()).isZero();

        login(scheduler);
        clock.move(Duration.ofMinutes(59));
        assertThat(scheduler.run("refresh").code()).isZero();
        assertThat(auth.counts().refreshes()).isEqualTo(1);
    }

    @Test
    void machineThatOnlyReadsDoesNotLogTheOthersOutInSilence() {
        login(laptop);
        scheduler.config(scheduler.config().replace("sync: {", "sync: { readOnly: on,"));
        scheduler.run("sync", "now");
        Cli.Ended refused = scheduler.run("logout", "notion");
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("only reads the bucket", "vigil remove notion");
        assertThat(laptop.run("status").out()).contains("notion  logged in");
    }

    @Test
    void logoutEndsTheNewestLoginOfAll() {
        login(laptop);
        scheduler.run("sync", "now");
        laptop.run("logout", "notion");
        login(laptop);
        assertThat(scheduler.run("logout", "notion").out()).contains("logged out");
        laptop.run("sync", "now");
        assertThat(laptop.run("status").out()).contains("notion  not logged in");
    }

    private void bucketIsGone() throws IOException {
        Files.move(bucket, folder.resolve("away"));
        Files.createFile(bucket);
    }

    private Path makePrivate(String name) throws IOException {
        return Files.createDirectory(
                folder.resolve(name),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    private Cli machine(String name) throws IOException {
        return new Cli(makePrivate(name)).by(clock).with("VIGIL_KEK", KEK).config("""
                connectors:
                  notion: { url: %s }
                keys: { keyEncryptionKey: { env: VIGIL_KEK } }
                sync: { bucket: "%s", machine: %s }
                listen: { port: 0 }
                """.formatted(
                        mcp.url(), bucket.toUri(), name));
    }

    private static Cli.Ended login(Cli machine) {
        Cli.Running login = machine.start("login", "notion", "--no-browser");
        URI page = URI.create(login.await(line -> line.startsWith("  http")).strip());
        new DemoBrowser().visit(page);
        Cli.Ended ended = login.end();
        assertThat(ended.code()).isZero();
        return ended;
    }
}
