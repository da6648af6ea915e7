// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortHolderTest {
    private static final String HEAD =
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

    @TempDir
    Path proc;

    @Test
    void whoListensIsFoundByThePortsSocket() throws IOException {
        // 7470 is 1D2E; the first line is a connection of the same port, not a listener
        table("net/tcp", line("0100007F:1D2E", "01", 99) + line("0100007F:0050", "0A", 98));
        table("net/tcp6", line("00000000000000000000000001000000:1D2E", "0A", 4242));
        process(17, "sshd", 98);
        process(4711, "node", 4242);
        assertThat(PortHolder.fromProc(proc, 7470)).contains("process 4711 (node)");
        assertThat(PortHolder.fromProc(proc, 80)).contains("process 17 (sshd)");
        assertThat(PortHolder.fromProc(proc, 81)).isEmpty();
    }

    @Test
    void somebodyElsesProcessStaysUnknown() throws IOException {
        table("net/tcp", line("0100007F:1D2E", "0A", 4242));
        Files.createDirectories(proc.resolve("4711"));
        assertThat(PortHolder.fromProc(proc, 7470)).isEmpty();
    }

    @Test
    void lsofIsUnderstoodWhereThereIsNoProc() {
        assertThat(PortHolder.named("p4711\ncnode\nf12\n")).contains("process 4711 (node)");
        assertThat(PortHolder.named("p4711\n")).contains("process 4711 (unknown)");
        assertThat(PortHolder.named("")).isEmpty();
    }

    private void table(String name, String lines) throws IOException {
        Files.createDirectories(proc.resolve("net"));
        Files.writeString(proc.resolve(name), HEAD + lines);
    }

    private static String line(String local, String state, int inode) {
        return "   0: " + local + " 00000000:0000 " + state + " 00000000:00000000 00:00000000 00000000     0        0 "
                + inode + " 1 0000000000000000 100 0 0 10 0\n";
    }

    private void process(int pid, String name, int inode) throws IOException {
        Path open = Files.createDirectories(proc.resolve(pid + "/fd"));
        Files.writeString(proc.resolve(pid + "/comm"), name + "\n");
        Files.createSymbolicLink(open.resolve("0"), Path.of("/dev/null"));
        Files.createSymbolicLink(open.resolve("3"), Path.of("socket:[" + inode + "]"));
    }
}
