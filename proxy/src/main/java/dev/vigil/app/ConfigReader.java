// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.Connector;
import dev.vigil.auth.GrantKind;
import dev.vigil.auth.PinnedClient;
import dev.vigil.auth.RefreshSettings;
import dev.vigil.proxy.Facing;
import dev.vigil.proxy.ProxySettings;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Reads {@code vigil.yaml} (YAML 1.2) and reports every mistake in it at once. A file that is missing or empty is a config
 * without connectors. What a connector may be is judged by {@link Connector}; this class knows keys, types and places.
 */
final class ConfigReader {
    private static final String REFERENCE = "{env: NAME}, {file: PATH} or {exec: [COMMAND, ARGUMENT]}";

    private final Path file;
    private final Path userHome;
    private final ConfigProblems problems;

    private ConfigReader(Path file, Path userHome) {
        this.file = file;
        this.userHome = userHome;
        this.problems = new ConfigProblems(file.toString());
    }

    /**
     * @param userHome what {@code ~/} in a path means
     * @throws ConfigException when anything in the file is wrong
     */
    static Config read(Path file, Path userHome) {
        try {
            return parse(Files.readString(file), file, userHome);
        } catch (NoSuchFileException e) {
            return Config.EMPTY;
        } catch (CharacterCodingException e) {
            throw new ConfigException(List.of(file + ": is not UTF-8 text. Save it as UTF-8"));
        } catch (IOException e) {
            throw new ConfigException(List.of(file + ": cannot be read (" + e + ")"));
        }
    }

    /** @param file for messages, and the place that relative paths start from */
    static Config parse(String text, Path file, Path userHome) {
        ConfigReader reader = new ConfigReader(file, userHome);
        Config config = reader.config(text);
        reader.problems.throwIfAny();
        return config;
    }

    private Config config(String text) {
        ConfigSection root = new ConfigSection("", tree(text).orElse(null), problems)
                .allow(Set.of("connectors", "listen", "tls", "keys", "sync"));
        ConfigSection connectors = root.section("connectors");
        List<Config.Entry> entries = new ArrayList<>();
        connectors.keys().forEach(name -> connector(name, connectors).ifPresent(entries::add));
        ProxySettings listen = listen(root.section("listen"));
        FacingSection.noteConflicts(connectors, entries, listen.port());
        return new Config(
                entries,
                listen,
                root.section("tls").allow(Set.of("ca")).parsed("ca", this::readable),
                new KeysSection(root.section("keys"), this::reference).read(),
                new SyncSection(root.section("sync"), this::reference).read(root));
    }

    private Optional<Node> tree(String text) {
        try {
            return YamlText.tree(text);
        } catch (MarkedYamlEngineException e) {
            // Not the exception's own message: that quotes the line, and a secret may stand in it.
            String context = e.getContext() == null ? "" : e.getContext() + ", ";
            problems.add(e.getProblemMark(), "", "this is not YAML: " + context + e.getProblem());
        } catch (YamlEngineException e) {
            problems.add(Optional.empty(), "", "this is not YAML that Vigil reads: " + e.getMessage());
        }
        return Optional.empty();
    }

    /** Reads a connector to its end, so that every mistake is noted; empty when there was one. */
    private Optional<Config.Entry> connector(String name, ConfigSection connectors) {
        int before = problems.count();
        if (!Connector.isName(name)) {
            String form = "1 to 63 lower-case letters, digits, - or _, beginning with a letter or digit";
            connectors.wrongKey(name, "a connector's name must be " + form);
        }
        if (connectors.isText(name)) {
            connectors.wrong(name, "must be settings, such as { url: https://mcp.example.com/mcp }");
            return Optional.empty();
        }
        ConfigSection given = connectors.section(name);
        if (!given.has("url")) {
            connectors.wrongKey(name, "has no url. Write url: https://... under it");
        }
        given.allow(Set.of("url", "grant", "header", "scopes", "client", "refresh", "progress", "interactive", "port"));
        Optional<URI> url = given.parsed("url", ConfigValues::url);
        GrantKind kind = given.parsed("grant", ConfigValues::kind).orElse(GrantKind.OAUTH);
        Optional<String> header = header(name, kind, given, connectors);
        List<String> scopes = given.texts("scopes", ConfigValues.SCOPE, "one scope");
        RefreshSettings refresh = refresh(given.section("refresh"));
        ConfigSection client = given.section("client").allow(Set.of("id", "secret"));
        Optional<PinnedClient> pinned = pinned(given, client);
        Optional<SecretRef> secret = reference(client, "secret");
        Facing facing = new FacingSection(given).read();
        return url.filter(fine -> problems.count() == before)
                .map(at -> new Config.Entry(
                        new Connector(name, at, kind, header, scopes, pinned, refresh), secret, facing));
    }

    private static Optional<String> header(String name, GrantKind kind, ConfigSection given, ConfigSection connectors) {
        if (given.has("header") && kind != GrantKind.HEADER) {
            given.wrongKey("header", "goes with 'grant: header' only. Write grant: header, or remove this key");
        }
        if (kind == GrantKind.HEADER && !given.has("header")) {
            connectors.wrongKey(name, "'grant: header' needs the header's name too. Write header: X-API-Key under it");
        }
        return given.parsed("header", ConfigValues::header);
    }

    private static Optional<PinnedClient> pinned(ConfigSection given, ConfigSection client) {
        if (!client.keys().isEmpty() && !client.has("id")) {
            given.wrongKey("client", "has no id. Write id: YOUR-CLIENT-ID under it, or remove this key");
        }
        return client.parsed("id", id -> new PinnedClient(id, Optional.empty()));
    }

    private static RefreshSettings refresh(ConfigSection given) {
        given.allow(Set.of("skew", "warning", "emergency", "expiredWhen", "resend"));
        return new RefreshSettings(
                given.parsed("skew", ConfigValues::lead),
                given.parsed("warning", ConfigValues::lead),
                given.parsed("emergency", ConfigValues::lead),
                given.parsed("expiredWhen", ConfigValues::words),
                given.parsed("resend", ConfigValues::onOrOff).orElse(true));
    }

    private static ProxySettings listen(ConfigSection given) {
        given.allow(Set.of("port", "localKey", "hosts"));
        return new ProxySettings(
                given.parsed("port", ConfigValues::port).orElse(ProxySettings.DEFAULT_PORT),
                given.parsed("localKey", ConfigValues::onOrOff).orElse(true),
                given.texts("hosts", ConfigValues.HOST, "a host name without a scheme"));
    }

    private Optional<SecretRef> reference(ConfigSection holder, String key) {
        if (holder.isText(key)) {
            holder.wrong(key, "a secret may not stand in this file. Write " + REFERENCE);
            return Optional.empty();
        }
        if (!holder.has(key)) {
            return Optional.empty();
        }
        int before = problems.count();
        ConfigSection given = holder.section(key).allow(Set.of("env", "file", "exec"));
        List<SecretRef> found = new ArrayList<>();
        given.parsed("env", ConfigValues::variable)
                .map(SecretRef.FromEnvironment::new)
                .ifPresent(found::add);
        given.parsed("file", this::path).map(SecretRef.FromFile::new).ifPresent(found::add);
        List<String> command = given.texts("exec", word -> !word.isEmpty(), "a command or argument");
        if (!command.isEmpty()) {
            found.add(new SecretRef.FromCommand(command));
        }
        if (found.size() != 1 && problems.count() == before) {
            holder.wrong(key, "must be exactly one of " + REFERENCE);
        }
        return found.stream().findFirst();
    }

    private Path readable(String text) {
        Path found = path(text);
        if (!Files.isReadable(found) || Files.isDirectory(found)) {
            throw new IllegalArgumentException(found + " cannot be read. Name a PEM file with certificates");
        }
        return found;
    }

    private Path path(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("names no file");
        }
        Path given = text.startsWith("~/") ? userHome.resolve(text.substring(2)) : Path.of(text);
        return file.toAbsolutePath().resolveSibling(given).normalize();
    }
}
