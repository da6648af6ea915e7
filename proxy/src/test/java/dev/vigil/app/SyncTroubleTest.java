// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What commands say and how they end where the bucket cannot be used. */
class SyncTroubleTest {
    private static final String CONNECTORS = "connectors: { notion: { url: \"https://mcp.notion.example/mcp\" } }\n";

    @TempDir
    Path folder;

    private Cli cli;

    @BeforeEach
    void open() throws IOException {
        cli = new Cli(makePrivate("home")).with("STORE_KEY", "of-nobody");
    }

    @AfterEach
    void stop() {
        cli.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sync now",
                "sync status",
                "sync explain notion",
                "sync resolve notion --keep here",
                "add linear --from-bucket",
                "keys rotate"
            })
    void storeThatIsDownIsExitFive(String command) throws IOException {
        bucketThatIsDown();
        Cli.Ended ended = cli.runTyping("", command.split(" "));
        assertThat(ended.code()).as(ended.out() + ended.err()).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sync now", "sync status"})
    void roundForWhichNobodyHasProvedTheBucketIsExitSeven(String command) throws IOException {
        cli.config(CONNECTORS + "sync: { bucket: \"" + makePrivate("bucket").toUri() + "\" }\n");
        Cli.Ended ended = cli.run(command.split(" "));
        assertThat(ended.out()).contains("nobody has found out yet");
        assertThat(ended.code()).isEqualTo(7);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sync init s3://team-vigil --endpoint foo         | 2 | --endpoint: 'foo' is not an endpoint",
                "sync init s3://team-vigil --endpoint ftp://a:b@c | 2 | --endpoint: this is not an endpoint",
                "sync init s3:/team-vigil                         | 2 | BUCKET: 's3:/team-vigil' is not s3://BUCKET",
                "sync init s3://team-vigil --region eu_west       | 2 | --region: 'eu_west' is not the name of a region",
                "sync init s3://other-bucket                      | 5 | other-bucket"
            })
    void bucketThatIsNotTakenLeavesTheConfigAsItWas(String command, int code, String told) throws IOException {
        bucketThatIsDown();
        String before = cli.config();
        Cli.Ended ended = cli.run(command.split(" "));
        assertThat(ended.err()).contains(told);
        assertThat(ended.code()).isEqualTo(code);
        assertThat(cli.config()).isEqualTo(before);
    }

    @Test
    void bucketThatIsFitIsWrittenDownAndADaemonThatUsesItIsLeftAlone() throws IOException {
        cli.config(CONNECTORS + "listen: { port: 0 }\n");
        String bucket = makePrivate("bucket").toUri().toString();
        Cli.Ended begun = cli.run("sync", "init", bucket);
        assertThat(begun.code()).as(begun.out() + begun.err()).isZero();
        assertThat(cli.config()).contains("bucket: " + bucket);
        cli.daemon();
        assertThat(cli.run("sync", "init").out()).doesNotContain("The daemon began before this");
    }

    @Test
    void refreshingWithoutTheBucketIsWarnedOfWhereverItMayBeHeard() throws IOException {
        cli.config(CONNECTORS + "listen: { port: 0 }\nsync: { bucket: \""
                + makePrivate("bucket").toUri() + "\", whenUnreachable: refresh }\n");
        String warning = "whenUnreachable: refresh. While the bucket is down this machine refreshes shared logins";
        assertThat(cli.run("sync", "init").err()).contains("Warning: " + warning);
        assertThat(cli.run("sync", "status").out()).contains("WARNING    " + warning);
        cli.daemon();
        assertThat(cli.read("log/vigil.jsonl")).contains("\"state\":\"warning\"", warning);
    }

    private void bucketThatIsDown() throws IOException {
        int port;
        try (ServerSocket nobody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = nobody.getLocalPort();
        }
        cli.config(CONNECTORS + """
                sync:
                  bucket: s3://team-vigil/prod
                  endpoint: http://127.0.0.1:%d
                  credentials: { accessKey: { env: STORE_KEY }, secretKey: { env: STORE_KEY } }
                """.formatted(port));
    }

    private Path makePrivate(String name) throws IOException {
        return Files.createDirectory(
                folder.resolve(name),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
}
