// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Where Vigil's files are: everything below {@code VIGIL_HOME} where that is set, else in the folders of the XDG Base
 * Directory Specification 0.8. Folders have mode 0700, files 0600.
 *
 * <pre>
 * config  vigil.yaml
 * data    grants/NAME.sealed  clients/HASH.sealed  snapshots/KEY.sealed  sessions/NAME.sealed  keys/ring.json
 *         keys/shared-ring.json  keys/kek  keys/lock  keys/shared-lock  local-keys  owner.key
 * state   intents/NAME  locks/NAME  beats/NAME  issuers/HASH  events/NAME.jsonl  log/  vigil.pid
 *         shared/NAME  machine  bucket.json
 * </pre>
 */
public final class Home {
    private static final String OURS = "vigil";

    private final Path configFolder;
    private final Path data;
    private final Path state;

    private Home(Path configFolder, Path data, Path state) {
        this.configFolder = configFolder;
        this.data = data;
        this.state = state;
    }

    /**
     * @param environment {@code VIGIL_HOME}, {@code XDG_CONFIG_HOME}, {@code XDG_DATA_HOME}, {@code XDG_STATE_HOME} are read
     * @param userHome the user's own home folder
     */
    public static Home from(Map<String, String> environment, Path userHome) {
        String one = environment.getOrDefault("VIGIL_HOME", "");
        if (!one.isBlank()) {
            return below(Path.of(one));
        }
        return new Home(
                xdg(environment, "XDG_CONFIG_HOME", userHome.resolve(".config")),
                xdg(environment, "XDG_DATA_HOME", userHome.resolve(".local/share")),
                xdg(environment, "XDG_STATE_HOME", userHome.resolve(".local/state")));
    }

    /** Everything below one folder, as {@code VIGIL_HOME} does. */
    public static Home below(Path folder) {
        Path one = folder.toAbsolutePath().normalize();
        return new Home(one, one, one);
    }

    /**
     * Creates missing folders, checks that what is there belongs to us and is closed to others, refuses links, and removes
     * temporary files that a crash left behind. Cheap; call it before anything else is read.
     *
     * @throws dev.vigil.auth.VaultException UNSAFE with the command that helps; nothing is opened up or tightened by itself
     */
    public void prepare() {
        prepare(SafeFiles.onDisk());
    }

    void prepare(SafeFiles files) {
        privateFolders().forEach(folder -> files.prepareFolder(folder, FileFacts.OTHERS));
        // The config holds references, not secrets, so others may read it; whoever may write it could run commands as
        // us.
        files.prepareFolder(configFolder, FileFacts.OTHERS_WRITE);
        files.check(config(), FileFacts.OTHERS_WRITE);
        privateFiles(files).forEach(file -> files.check(file, FileFacts.OTHERS));
        privateFolders().forEach(folder -> files.sweep(folder, this::isRefreshUnfinished));
        files.sweep(configFolder, any -> false);
    }

    /** Beside an intent, a grant that was not put in place may hold the only copy of its refresh token. */
    private boolean isRefreshUnfinished(Path file) {
        return SealedFolder.isSealed(file)
                && grants().equals(file.getParent())
                && Files.exists(intents().resolve(SealedFolder.name(file)), LinkOption.NOFOLLOW_LINKS);
    }

    /** {@code vigil.yaml}. */
    public Path config() {
        return configFolder.resolve("vigil.yaml");
    }

    public Path grants() {
        return data.resolve("grants");
    }

    public Path clients() {
        return data.resolve("clients");
    }

    public Path snapshots() {
        return data.resolve("snapshots");
    }

    public Path sessions() {
        return data.resolve("sessions");
    }

    public Path keys() {
        return data.resolve("keys");
    }

    Path keyRing() {
        return keys().resolve("ring.json");
    }

    Path sharedRing() {
        return keys().resolve("shared-ring.json");
    }

    Path keyEncryptionKey() {
        return keys().resolve("kek");
    }

    Path keyRingLock() {
        return keys().resolve("lock");
    }

    Path sharedRingLock() {
        return keys().resolve("shared-lock");
    }

    /** Of whoever changes the key-encryption key. */
    Path keyChangeLock() {
        return keys().resolve("change-lock");
    }

    public Path localKeys() {
        return data.resolve("local-keys");
    }

    public Path ownerKey() {
        return data.resolve("owner.key");
    }

    /** A dot keeps our own locks apart from those of connectors, whose names begin with a letter or digit. */
    Path localKeysLock() {
        return locks().resolve(".local-keys");
    }

    Path ownerKeyLock() {
        return locks().resolve(".owner-key");
    }

    public Path intents() {
        return state.resolve("intents");
    }

    public Path locks() {
        return state.resolve("locks");
    }

    public Path beats() {
        return state.resolve("beats");
    }

    public Path issuers() {
        return state.resolve("issuers");
    }

    public Path events() {
        return state.resolve("events");
    }

    /** See {@link #localKeysLock}. */
    Path eventsLock() {
        return locks().resolve(".events");
    }

    /** What this machine knows of logins that it shares. */
    public Path shared() {
        return state.resolve("shared");
    }

    /** Who this machine is to the others. */
    public Path machine() {
        return state.resolve("machine");
    }

    /** What was found out about the bucket. */
    public Path bucket() {
        return state.resolve("bucket.json");
    }

    public Path log() {
        return state.resolve("log");
    }

    public Path pidFile() {
        return state.resolve("vigil.pid");
    }

    private Set<Path> privateFolders() {
        return new LinkedHashSet<>(List.of(
                data,
                state,
                grants(),
                clients(),
                snapshots(),
                sessions(),
                keys(),
                intents(),
                locks(),
                beats(),
                issuers(),
                events(),
                shared(),
                log()));
    }

    private List<Path> privateFiles(SafeFiles files) {
        Stream<Path> sealed = Stream.of(grants(), clients(), snapshots(), sessions())
                .flatMap(folder -> files.list(folder).stream())
                .filter(SealedFolder::isSealed);
        return Stream.concat(sealed, Stream.of(keyRing(), sharedRing(), keyEncryptionKey(), localKeys(), ownerKey()))
                .toList();
    }

    /** The specification says that a relative path is to be ignored. */
    private static Path xdg(Map<String, String> environment, String name, Path otherwise) {
        return Optional.ofNullable(environment.get(name))
                .map(Path::of)
                .filter(Path::isAbsolute)
                .orElse(otherwise)
                .resolve(OURS);
    }

    @Override
    public String toString() {
        return "config in " + configFolder + ", data in " + data + ", state in " + state;
    }
}
