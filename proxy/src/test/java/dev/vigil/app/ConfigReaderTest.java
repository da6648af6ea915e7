// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.vigil.auth.Connector;
import dev.vigil.auth.GrantKind;
import dev.vigil.auth.PinnedClient;
import dev.vigil.auth.RefreshSettings;
import dev.vigil.proxy.Facing;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigReaderTest {
    private static final Path FILE = Path.of("/etc/vigil/vigil.yaml");
    private static final Path HOME = Path.of("/home/ada");
    private static final String KNOWN =
            "Known here: client, grant, header, interactive, port, progress, refresh, scopes, url";

    @TempDir
    Path folder;

    @Test
    void everySettingIsRead() throws IOException {
        Path ca = Files.writeString(folder.resolve("ca.pem"), "certificates");
        Config config = ConfigReader.parse("""
                connectors:
                  notion: { url: https://mcp.notion.com/mcp }
                  context7: {url: 'https://mcp.context7.com/mcp', grant: header, header: CONTEXT7_API_KEY}
                  local:
                    url: "http://127.0.0.1:3001/mcp"
                    grant: none
                  reports:
                    url: https://mcp.example.com/mcp
                    grant: oauth
                    scopes: [read, "write:all"]
                    client: { id: 12345, secret: { exec: [pass, show, reports] } }
                    refresh: { skew: 10m, warning: 1h30m, emergency: 90s, expiredWhen: token expired, resend: off }
                listen:
                  port: 8080
                  localKey: off
                  hosts: [vigil.lan, my-box]
                tls: { ca: ca.pem }
                keys:
                  keyEncryptionKey: { file: ~/kek }
                """, folder.resolve("vigil.yaml"), HOME);

        RefreshSettings refresh = new RefreshSettings(
                Optional.of(Duration.ofMinutes(10)),
                Optional.of(Duration.ofMinutes(90)),
                Optional.of(Duration.ofSeconds(90)),
                Optional.of("token expired"),
                false);
        assertThat(config.connectors())
                .containsExactly(
                        Connector.oauth("notion", URI.create("https://mcp.notion.com/mcp")),
                        connector("context7", "https://mcp.context7.com/mcp", GrantKind.HEADER, "CONTEXT7_API_KEY"),
                        connector("local", "http://127.0.0.1:3001/mcp", GrantKind.NONE, null),
                        new Connector(
                                "reports",
                                URI.create("https://mcp.example.com/mcp"),
                                GrantKind.OAUTH,
                                Optional.empty(),
                                List.of("read", "write:all"),
                                Optional.of(new PinnedClient("12345", Optional.empty())),
                                refresh));
        assertThat(config.entry("reports").orElseThrow().clientSecret())
                .contains(new SecretRef.FromCommand(List.of("pass", "show", "reports")));
        assertThat(config.listen().port()).isEqualTo(8080);
        assertThat(config.listen().localKey()).isFalse();
        assertThat(config.listen().hosts()).containsExactly("vigil.lan", "my-box");
        assertThat(config.ca()).contains(ca);
        assertThat(config.keys().keyEncryptionKey()).contains(new SecretRef.FromFile(HOME.resolve("kek")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "\n# nothing yet\n", "---\n", "connectors:\n", "connectors: {}\nlisten:\ntls: {}\nkeys: ~\n"
            })
    void anEmptyConfigMeansNoConnectorsAndTheDefaults(String text) {
        assertThat(ConfigReader.parse(text, FILE, HOME)).isEqualTo(Config.EMPTY);
        assertThat(Config.EMPTY.listen().port()).isEqualTo(7470);
        assertThat(Config.EMPTY.listen().localKey()).isTrue();
    }

    @Test
    void aMissingFileMeansNoConnectors() {
        assertThat(ConfigReader.read(folder.resolve("vigil.yaml"), HOME)).isEqualTo(Config.EMPTY);
    }

    @Test
    void nothingMeetsClientsOtherwiseThanItsServerUnlessTheConfigSaysSo() {
        Config config = ConfigReader.parse("""
                connectors:
                  a: { url: https://a.example/mcp }
                  b: { url: https://b.example/mcp, progress: synthetic }
                  c: { url: https://c.example/mcp, interactive: true }
                  d: { url: https://d.example/mcp, port: 7471 }
                """, FILE, HOME);
        assertThat(config.entry("a").orElseThrow().facing()).isEqualTo(Facing.PLAIN);
        assertThat(config.entry("b").orElseThrow().facing()).isEqualTo(new Facing(true, false, Optional.empty()));
        assertThat(config.entry("c").orElseThrow().facing()).isEqualTo(new Facing(false, true, Optional.empty()));
        assertThat(config.entry("d").orElseThrow().facing()).isEqualTo(new Facing(false, false, Optional.of(7471)));
        assertThat(config.ownPorts()).isEqualTo(Map.of("d", 7471));
        assertThat(config.endpoint("http://127.0.0.1:7470", "a")).isEqualTo("http://127.0.0.1:7470/mcp/a");
        assertThat(config.endpoint("http://127.0.0.1:7470", "d")).isEqualTo("http://127.0.0.1:7471/mcp/d");
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", textBlock = """
            7470  => 7470 is the port of all connectors (listen.port) already. Choose another
            7480  => 7480 is the port of a already. Choose another
            0     => '0' is no port that a client could be told. Write one from 1 to 65535
            70000 => '70000' is not a port
            """)
    void portThatCannotBeAConnectorsOwnIsRefusedWithItsPlace(String port, String message) {
        assertThatThrownBy(() -> ConfigReader.parse("""
                        connectors:
                          a: { url: https://a.example/mcp, port: 7480 }
                          b: { url: https://b.example/mcp, port: PORT }
                        """.replace("PORT", port), FILE, HOME))
                .hasMessageContaining(":3:")
                .hasMessageContaining("connectors.b.port: " + message);
    }

    @Test
    void anotherKindOfProgressIsRefusedWithItsPlaceAndWhatHelps() {
        assertThatThrownBy(() -> ConfigReader.parse("""
                        connectors:
                          a: { url: https://a.example/mcp, progress: often }
                        """, FILE, HOME))
                .hasMessageContaining("connectors.a.progress")
                .hasMessageContaining("'often' is no kind of progress. Write progress: synthetic");
    }

    @ParameterizedTest
    @ValueSource(strings = {"on", "On", "true", "'on'", "off", "OFF", "false", "\"off\""})
    void localKeyIsSwitchedByWordOrTruth(String value) {
        Config config = ConfigReader.parse("listen: { localKey: " + value + " }", FILE, HOME);
        assertThat(config.listen().localKey()).isEqualTo(value.matches("(?i)'?on'?|true"));
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                mistake(
                        "conectors: {}",
                        "1:1: conectors: unknown key. Did you mean 'connectors'? Known here: connectors, keys, listen, sync, tls"),
                mistake("sink: {}", "1:1: sink: unknown key. Known here: connectors, keys, listen, sync, tls"),
                mistake(
                        "sync: {}",
                        "1:1: sync: has no bucket. Write bucket: s3://NAME/PREFIX under it, or remove this key"),
                mistake(
                        "sync: { bucket: http://x/y }",
                        "1:17: sync.bucket: 'http://x/y' is not s3://BUCKET or s3://BUCKET/PREFIX"),
                mistake("sync: { bucket: s3://b-1, every: 1s }", "1:34: sync.every: '1s' must be between 5s and 1h"),
                mistake(
                        "sync: { bucket: s3://bucket, whenUnreachable: retry }",
                        "1:47: sync.whenUnreachable: 'retry' must be wait (the default, which loses no login) or refresh (which may end a login on all machines)"),
                mistake(
                        "sync: { bucket: s3://bucket, credentials: { accessKey: { env: A } } }",
                        "1:30: sync.credentials: wants accessKey and secretKey, each {env: NAME}, {file: PATH} or {exec: [COMMAND]}"),
                mistake(
                        "sync: { bucket: s3://bucket, credentials: { accessKey: AKIA1, secretKey: { env: A } } }",
                        "1:56: sync.credentials.accessKey: a secret may not stand in this file. Write {env: NAME}, {file: PATH} or {exec: [COMMAND, ARGUMENT]}"),
                mistake("- a", "1:1: must be settings (KEY: VALUE), not a list"),
                mistake("connectors: [notion]", "1:13: connectors: must be settings (KEY: VALUE), not a list"),
                mistake("connectors:\n  ? [a]\n  : b", "2:5: connectors: a key must be a plain word, not a list"),
                mistake(
                        "connectors:\n  a: { url: http://x, ulr: y }",
                        "2:23: connectors.a.ulr: unknown key. Did you mean 'url'? " + KNOWN),
                mistake(
                        "connectors:\n  a: https://x/mcp",
                        "2:6: connectors.a: must be settings, such as { url: https://mcp.example.com/mcp }"),
                mistake("connectors:\n  a:", "2:3: connectors.a: has no url. Write url: https://... under it"),
                mistake(
                        "connectors:\n  a: { url: }",
                        "2:12: connectors.a.url: has no value. Write one, or remove the key"),
                mistake("connectors:\n  a: { url: [x] }", "2:13: connectors.a.url: must be text, not a list"),
                mistake(
                        "connectors:\n  My_Mcp: { url: http://x }",
                        "2:3: connectors.My_Mcp: a connector's name must be 1 to 63 lower-case letters, digits, - or _, beginning with a letter or digit"),
                mistake(
                        "connectors:\n  a: { url: http://x }\n  a: { url: http://y }",
                        "3:3: connectors.a: stands here twice, first in line 2. Remove one"),
                mistake(
                        "connectors:\n  a: { url: ftp://x }",
                        "2:13: connectors.a.url: url 'ftp://x' must be an http or https URL with a host"),
                mistake(
                        "connectors:\n  a: { url: 'http://x y' }",
                        "2:13: connectors.a.url: 'http://x y' is not a URL: Illegal character in authority"),
                mistake(
                        "connectors:\n  a: { url: 'http://me:pw@x' }",
                        "2:13: connectors.a.url: url may carry no user, password or #fragment"),
                mistake(
                        "connectors:\n  a: { url: http://x, grant: oaut }",
                        "2:30: connectors.a.grant: 'oaut' is no way to be authorized. Did you mean 'oauth'? Known here: header, none, oauth"),
                mistake(
                        "connectors:\n  a: { url: http://x, header: K }",
                        "2:23: connectors.a.header: goes with 'grant: header' only. Write grant: header, or remove this key"),
                mistake(
                        "connectors:\n  a: { url: http://x, grant: header }",
                        "2:3: connectors.a: 'grant: header' needs the header's name too. Write header: X-API-Key under it"),
                mistake(
                        "connectors:\n  a: { url: http://x, grant: header, header: 'K: sk-1' }",
                        "2:46: connectors.a.header: must be the name of a header, such as X-API-Key. The key itself is asked for by: vigil add"),
                mistake(
                        "connectors:\n  a: { url: http://x, scopes: read }",
                        "2:31: connectors.a.scopes: must be a list, such as [a, b], not a single value"),
                mistake(
                        "connectors:\n  a: { url: http://x, scopes: [a b] }",
                        "2:32: connectors.a.scopes: 'a b' is not one scope"),
                mistake(
                        "connectors:\n  a: { url: http://x, scopes: [[a]] }",
                        "2:32: connectors.a.scopes: must be one scope, not a list"),
                mistake(
                        "connectors:\n  a: { url: http://x, client: abc }",
                        "2:31: connectors.a.client: must be settings (KEY: VALUE), not a single value"),
                mistake(
                        "connectors:\n  a: { url: http://x, client: { secret: { env: S } } }",
                        "2:23: connectors.a.client: has no id. Write id: YOUR-CLIENT-ID under it, or remove this key"),
                mistake(
                        "connectors:\n  a: { url: http://x, client: { id: i, secret: hunter2 } }",
                        "2:48: connectors.a.client.secret: a secret may not stand in this file. Write {env: NAME}, {file: PATH} or {exec: [COMMAND, ARGUMENT]}"),
                mistake(
                        "connectors:\n  a: { url: http://x, client: { id: i, secret: { env: 'sk 1' } } }",
                        "2:55: connectors.a.client.secret.env: must be the name of an environment variable, such as NOTION_SECRET"),
                mistake(
                        "connectors:\n  a: { url: http://x, client: { id: i, secret: { env: A, file: b } } }",
                        "2:48: connectors.a.client.secret: must be exactly one of {env: NAME}, {file: PATH} or {exec: [COMMAND, ARGUMENT]}"),
                mistake(
                        "connectors:\n  a: { url: http://x, client: { id: i, secret: { exec: [] } } }",
                        "2:48: connectors.a.client.secret: must be exactly one of {env: NAME}, {file: PATH} or {exec: [COMMAND, ARGUMENT]}"),
                mistake(
                        "connectors:\n  a: { url: http://x, client: { id: i, secret: { environ: A } } }",
                        "2:50: connectors.a.client.secret.environ: unknown key. Known here: env, exec, file"),
                mistake(
                        "connectors:\n  a: { url: http://x, refresh: { skew: 600 } }",
                        "2:40: connectors.a.refresh.skew: '600' is not a duration. Write 90s, 10m or 1h30m"),
                mistake(
                        "connectors:\n  a: { url: http://x, refresh: { skew: 0s } }",
                        "2:40: connectors.a.refresh.skew: must be longer than nothing. Write 90s, 10m or 1h30m"),
                mistake(
                        "listen: { port: 70000 }",
                        "1:17: listen.port: '70000' is not a port. Write a number from 0 (any free one) to 65535"),
                mistake(
                        "listen: { prot: 7470 }",
                        "1:11: listen.prot: unknown key. Did you mean 'port'? Known here: hosts, localKey, port"),
                mistake("listen: { localKey: maybe }", "1:21: listen.localKey: 'maybe' must be on or off"),
                mistake(
                        "listen: { hosts: ['http://x'] }",
                        "1:19: listen.hosts: 'http://x' is not a host name without a scheme"),
                mistake(
                        "tls: { ca: missing.pem }",
                        "1:12: tls.ca: /etc/vigil/missing.pem cannot be read. Name a PEM file with certificates"),
                mistake(
                        "keys: { keyEncryptionKey: abc }",
                        "1:27: keys.keyEncryptionKey: a secret may not stand in this file. Write {env: NAME}, {file: PATH} or {exec: [COMMAND, ARGUMENT]}"),
                mistake(
                        "keys: { passphrase: { env: A }, keyEncryptionKey: { env: B } }",
                        "1:9: keys.passphrase: goes not together with keyEncryptionKey: both say what the key is. Remove one"),
                mistake(
                        "keys: { passphrase: abc }",
                        "1:21: keys.passphrase: a secret may not stand in this file. Write {env: NAME}, {file: PATH} or {exec: [COMMAND, ARGUMENT]}"),
                mistake("keys: { rotateEvery: 2h }", "1:22: keys.rotateEvery: '2h' must be a day or more. Write 90d"),
                mistake(
                        "a:\n\tb: c",
                        "2:1: this is not YAML: while scanning for the next token, found character '\\t(TAB)' that cannot start any token. (Do not use \\t(TAB) for indentation)"),
                mistake(
                        "a: 1\n---\nb: 2",
                        "2:1: this is not YAML: expected a single document in the stream, but found another document"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void aMistakeIsToldWithItsPlaceKeyAndMending(String text, String message) {
        assertThat(problemsOf(text)).containsExactly(FILE + ":" + message);
    }

    @Test
    void allMistakesOfAFileAreToldAtOnceInTheirOrder() {
        List<String> problems = problemsOf("""
                connectors:
                  one: { url: nonsense, grant: magic }
                  two: { header: X }
                lisen: {}
                tls: { cas: x }
                """);
        assertThat(problems)
                .extracting(problem ->
                        problem.substring(FILE.toString().length()).replaceFirst("(:[0-9]+:[0-9]+: [a-z.]+).*", "$1"))
                .containsExactly(
                        ":2:15: connectors.one.url",
                        ":2:32: connectors.one.grant",
                        ":3:3: connectors.two",
                        ":3:10: connectors.two.header",
                        ":4:1: lisen",
                        ":5:8: tls.cas");
    }

    @Test
    void aSecretInTheWrongPlaceIsNeverRepeated() {
        String secret = "sk-live-4711";
        for (String text : List.of(
                "connectors: { a: { url: http://x, client: { id: i, secret: SECRET } } }",
                "connectors: { a: { url: http://x, client: { id: i, secret: [SECRET] } } }",
                "connectors: { a: { url: http://x, client: SECRET } }",
                "connectors: { a: { url: 'http://u:SECRET@x' } }",
                "connectors: { a: { url: http://x, grant: header, header: 'Key SECRET' } }",
                "connectors: { a: { url: http://x, key: SECRET } }",
                "keys: { keyEncryptionKey: SECRET }",
                "keys: { keyEncryptionKey: SECRET",
                "keys: { keyEncryptionKey: { env: 'x SECRET' } }")) {
            assertThat(problemsOf(text.replace("SECRET", secret)).toString())
                    .as(text)
                    .doesNotContain(secret);
        }
    }

    @Test
    void aFileThatIsNoTextIsToldAsSuch() throws IOException {
        Path file = folder.resolve("vigil.yaml");
        Files.write(file, "a: \u00e4".getBytes(StandardCharsets.ISO_8859_1));
        ConfigException told = catchThrowableOfType(ConfigException.class, () -> ConfigReader.read(file, HOME));
        assertThat(told.problems()).containsExactly(file + ": is not UTF-8 text. Save it as UTF-8");
    }

    @Test
    void aSectionThatHoldsItselfIsRefused() {
        assertThat(problemsOf("connectors: &x { a: *x }")).isNotEmpty();
    }

    private static Arguments mistake(String text, String message) {
        return Arguments.of(text, message);
    }

    private static List<String> problemsOf(String text) {
        ConfigException told = catchThrowableOfType(ConfigException.class, () -> ConfigReader.parse(text, FILE, HOME));
        assertThat(told).as(text).isNotNull();
        return told.problems();
    }

    private static Connector connector(String name, String url, GrantKind kind, @Nullable String header) {
        return new Connector(
                name,
                URI.create(url),
                kind,
                Optional.ofNullable(header),
                List.of(),
                Optional.empty(),
                RefreshSettings.DEFAULT);
    }
}
