// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong before anything begins: the message and the exit code. */
class CommandLineTest {
    private static final String CONFIG = """
            connectors:
              notion: { url: https://notion.invalid/mcp }
              c7: { url: https://c7.invalid/mcp, grant: header, header: X-Key }
              open: { url: http://127.0.0.1:9/mcp, grant: none }
            listen: { port: 0 }
            """;

    @TempDir
    Path home;

    private Cli cli;

    @BeforeEach
    void setUp() {
        cli = new Cli(home).config(CONFIG);
    }

    static Stream<Arguments> misuses() {
        return Stream.of(
                misuse("vigil: No command given.\nHelp: vigil --help\n"),
                misuse(
                        "vigil: Unmatched arguments from index 0: 'ad', 'x'\nDid you mean: vigil add?\nHelp: vigil --help\n",
                        "ad",
                        "x"),
                misuse("vigil: Missing required parameter: 'NAME'\nHelp: vigil add --help\n", "add"),
                misuse(
                        "vigil: write either the URL of linear, or --from-bucket where a machine shares it\n",
                        "add",
                        "linear"),
                misuse(
                        "vigil: no bucket is configured. First: vigil sync init s3://NAME/PREFIX\n",
                        "add",
                        "linear",
                        "--from-bucket"),
                misuse(
                        "vigil: sync wants one of: init, status, now, explain, resolve.\nHelp: vigil sync --help\n",
                        "sync"),
                misuse(
                        "vigil: no bucket is configured in HOME/vigil.yaml. First: vigil sync init s3://NAME/PREFIX\n",
                        "sync",
                        "status"),
                misuse(
                        "vigil: which bucket? Write for instance: vigil sync init s3://team-vigil/prod\n",
                        "sync",
                        "init"),
                misuse(
                        "vigil: keys wants one of: list, rotate, retire, rewrap, export, import.\nHelp: vigil keys --help\n",
                        "keys"),
                misuse(
                        "vigil: connector name 'My MCP' must be 1 to 63 lower-case letters, digits, - or _, beginning with a"
                                + " letter or digit\n",
                        "add",
                        "My MCP",
                        "http://x"),
                misuse("vigil: url 'ftp://x' must be an http or https URL with a host\n", "add", "x", "ftp://x"),
                misuse("vigil: '::' is not a URL: Expected scheme name\n", "add", "x", "::"),
                misuse(
                        "vigil: --grant: 'oaut' is no way to be authorized. Did you mean 'oauth'? Known here: header, none,"
                                + " oauth\n",
                        "add",
                        "x",
                        "http://x",
                        "--grant",
                        "oaut"),
                misuse(
                        "vigil: --grant header and --header HEADER go together\n",
                        "add",
                        "x",
                        "http://x",
                        "--grant",
                        "header"),
                misuse(
                        "vigil: --grant header and --header HEADER go together\n",
                        "add",
                        "x",
                        "http://x",
                        "--grant",
                        "none",
                        "--header",
                        "X"),
                misuse("vigil: connector x: 'X Y' is not a header name\n", "add", "x", "http://x", "--header", "X Y"),
                misuse(
                        "vigil: no value given. Type it, or send it on standard input\n",
                        "add",
                        "x",
                        "http://x",
                        "--header",
                        "X"),
                misuse(
                        "vigil: there is no connector 'notoin' in HOME/vigil.yaml. Did you mean 'notion'? Known here: c7,"
                                + " notion, open\n",
                        "login",
                        "notoin"),
                misuse(
                        "vigil: there is no connector 'x' in HOME/vigil.yaml. Known here: c7, notion, open\n",
                        "status",
                        "x"),
                misuse(
                        "vigil: there is no connector 'x' in HOME/vigil.yaml. Known here: c7, notion, open\n",
                        "remove",
                        "x"),
                misuse(
                        "vigil: there is no connector 'x' in HOME/vigil.yaml. Known here: c7, notion, open\n",
                        "connect",
                        "cli",
                        "x"),
                misuse(
                        "vigil: c7 is authorized by a static key, not by a login. To type a new one: vigil add c7"
                                + " https://c7.invalid/mcp --header X-Key\n",
                        "login",
                        "c7"),
                misuse(
                        "vigil: open is configured to need no login (grant: none), and"
                                + " http://127.0.0.1:9/mcp asks for none\n",
                        "login",
                        "open"),
                misuse(
                        "vigil: 'Claude Code' cannot be a client's name: lower-case letters, digits, - and _ only\n",
                        "connect",
                        "Claude Code"),
                misuse("vigil: cli has no key\n", "connect", "cli", "--revoke"),
                misuse(
                        "vigil: listen.port is 0, so the address is known only while the daemon runs. First: vigil run"
                                + " --background\n",
                        "connect",
                        "cli"));
    }

    @ParameterizedTest
    @MethodSource("misuses")
    void misuseIsToldInASentenceAndEndsWithTwo(List<String> arguments, String message) {
        Cli.Ended ended = cli.run(arguments.toArray(String[]::new));
        assertThat(ended.err()).isEqualTo(message.replace("HOME", home.toString()));
        assertThat(ended.code()).isEqualTo(2);
        assertThat(cli.config()).isEqualTo(CONFIG);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"status", "run", "run --background", "login notion", "connect cli", "add x http://x", "keys list"
            })
    void everyCommandTellsWhatIsWrongWithTheConfig(String command) {
        cli.config("listen: { prot: 1 }\nconectors: {}\n");
        Cli.Ended ended = cli.run(command.split(" "));
        assertThat(ended.err().lines())
                .containsExactly(
                        home + "/vigil.yaml:1:11: listen.prot: unknown key. Did you mean 'port'? Known here: hosts,"
                                + " localKey, port",
                        home + "/vigil.yaml:2:1: conectors: unknown key. Did you mean 'connectors'? Known here:"
                                + " connectors, keys, listen, sync, tls");
        assertThat(ended.code()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"add", "run", "login", "connect", "status", "logout", "remove", "stop", "keys", "version", "demo"
            })
    void everyCommandHasHelpWithAnExample(String command) {
        Cli.Ended ended = cli.run(command, "--help");
        assertThat(ended.code()).isZero();
        assertThat(ended.out()).startsWith("Usage: vigil " + command).containsPattern("Examples?:\n  vigil " + command);
    }

    @Test
    void theHelpOfAllNamesEveryCommandAndHowToBegin() {
        Cli.Ended ended = cli.run("--help");
        assertThat(ended.code()).isZero();
        assertThat(ended.out())
                .contains("add ", "run ", "login ", "connect ", "status ", "stop ", "keys ", "To begin:");
    }

    @Test
    void theVersionIsForPeopleAndPrograms() {
        assertThat(cli.run("version").out()).matches("vigil \\S+ \\(Java \\S+\\)\n");
        assertThat(cli.run("version", "--json").out()).matches("\\{\"vigil\":\"\\S+\",\"java\":\"\\S+\"}\n");
    }

    @Test
    void withoutADaemonThereIsNothingToStop() {
        assertThat(cli.run("stop")).isEqualTo(new Cli.Ended(0, "No daemon is running.\n", ""));
    }

    @Test
    void aHomeThatOthersMayReadIsRefusedWithSix() throws Exception {
        cli.run("status");
        Files.setPosixFilePermissions(home.resolve("grants"), PosixFilePermissions.fromString("rwxr-xr-x"));
        Cli.Ended ended = cli.run("status");
        assertThat(ended.code()).isEqualTo(6);
        assertThat(ended.err())
                .startsWith("vigil: ")
                .contains(home.resolve("grants").toString());
    }

    private static Arguments misuse(String message, String... arguments) {
        return Arguments.of(List.of(arguments), message);
    }
}
