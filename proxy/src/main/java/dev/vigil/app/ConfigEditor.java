// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.Connector;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Adds, changes and removes one connector in {@code vigil.yaml}, in place: every other byte of the file stays. The result
 * is read again before it is written; where it would not say what was meant, nothing is written.
 *
 * <p>Two editors take turns through a lock file, which the kernel frees if one of them dies. A text
 * editor knows no such lock, so the file is compared once more right before it is replaced.
 */
final class ConfigEditor {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final String HEADING = """
            # What Vigil keeps authorized. `vigil add` and `vigil remove` edit this file in place; so can you.
            """;

    /** Replaces a file as a whole, durably: a crash leaves the old one or the new one. */
    @FunctionalInterface
    interface Replace {
        void replace(Path file, byte[] content) throws IOException;
    }

    private final Path file;
    private final Path lock;
    private final Path userHome;
    private final Replace replace;

    /** @param lock beside nothing of the user's; made when it is missing */
    ConfigEditor(Path file, Path lock, Path userHome, Replace replace) {
        this.file = file;
        this.lock = lock;
        this.userHome = userHome;
        this.replace = replace;
    }

    /**
     * Writes url, grant, header and scopes of a connector. What else the file says about it stays; empty scopes leave those
     * in the file alone.
     *
     * @return the config as it reads now
     * @throws ConfigException when the file is wrong already, cannot be edited safely, or cannot be written
     */
    Config put(Connector connector) {
        return put(connector, Optional.empty());
    }

    /** The same, with a port of its own; an empty one leaves that in the file alone. */
    Config put(Connector connector, Optional<Integer> port) {
        ConnectorText written = new ConnectorText(connector, port);
        return edit(
                text -> written.in(text.isEmpty() ? HEADING : text), "connectors." + connector.name(), written::isIn);
    }

    /** Writes which bucket machines share; what else stands under {@code sync} stays. Throws like {@link #put}. */
    Config putSync(Map<String, String> settings) {
        return edit(
                text -> {
                    String edited = text.isEmpty() ? HEADING : text;
                    for (Map.Entry<String, String> one : settings.entrySet()) {
                        edited = YamlSplice.set(edited, List.of("sync", one.getKey()), one.getValue());
                    }
                    return edited;
                },
                "sync",
                config -> config.sync().isPresent());
    }

    /** Writes where the key-encryption key is, and removes where it was; the config as it reads now. Throws like {@link #put}. */
    Config putKey(KeyTarget target) {
        return edit(
                text -> {
                    String edited = text;
                    for (String key : List.of("keyEncryptionKey", "passphrase")) {
                        edited = target.setting().equals(Optional.of(key))
                                ? YamlSplice.set(edited, List.of("keys", key), target.value())
                                : YamlSplice.remove(edited, List.of("keys", key));
                    }
                    return edited;
                },
                "keys",
                config -> config.keys().isSameKey(target.config()));
    }

    /** Removes a connector; the config as it reads now. Throws like {@link #put}. */
    Config remove(String name) {
        return edit(
                text -> YamlSplice.remove(text, List.of("connectors", name)),
                "connectors." + name,
                config -> config.entry(name).isEmpty());
    }

    private Config edit(UnaryOperator<String> change, String key, Predicate<Config> asMeant) {
        try (FileTurn turn = FileTurn.take(lock, PATIENCE).orElseThrow(this::busy)) {
            ConfigReader.read(file, userHome); // a file with mistakes is mended first, by its owner
            String before = current();
            String after = changed(change, before, key);
            Config config = ConfigReader.parse(after, file, userHome);
            if (!asMeant.test(config)) {
                throw refused(key, "it would not read back as meant");
            }
            if (!before.equals(after)) {
                write(before, after);
            }
            return config;
        } catch (IOException e) {
            throw new ConfigException(List.of(file + ": cannot be changed (" + e + ")"));
        }
    }

    private ConfigException busy() {
        return new ConfigException(List.of(file + ": another vigil command has been editing it for "
                + PATIENCE.toSeconds() + " s. Try again when it is done"));
    }

    private String changed(UnaryOperator<String> change, String before, String key) {
        try {
            return change.apply(before);
        } catch (IllegalArgumentException | YamlEngineException e) {
            throw refused(key, String.valueOf(e.getMessage()));
        }
    }

    private ConfigException refused(String key, String why) {
        return new ConfigException(List.of(
                file + ": " + key + " cannot be edited in place: " + why + ". Nothing was changed. Edit it by hand"));
    }

    private void write(String before, String after) throws IOException {
        if (!current().equals(before)) {
            throw new ConfigException(
                    List.of(file + ": was changed by somebody else meanwhile. Run the command again"));
        }
        // Through a link, if there is one: many people keep such files in a folder of their own and link to them.
        Path target = Files.exists(file) ? file.toRealPath() : file;
        replace.replace(target, after.getBytes(StandardCharsets.UTF_8));
    }

    private String current() throws IOException {
        return Files.exists(file) ? Files.readString(file) : "";
    }
}
