// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

import dev.vigil.auth.VaultException;
import dev.vigil.vault.FileSnapshots;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All snapshots: in memory for those who answer from them, on disk for the next start. Reading never waits and may be done on
 * {@code proxy-io}; everything that writes blocks on the disk and may not.
 */
public final class SnapshotBook {
    private final FileSnapshots files;
    /** Changed by writers, which hold this; read anywhere. */
    private final Map<FileSnapshots.Key, Snapshot> all = new ConcurrentHashMap<>();

    /** An empty book; see {@link #load}. */
    public SnapshotBook(FileSnapshots files) {
        this.files = files;
    }

    /**
     * Reads what is on disk. What cannot be opened is left out, and taken anew by whoever takes.
     *
     * @return why something is missing that may still be there, in sentences; mostly empty
     */
    public synchronized List<String> load() {
        try {
            return files.keys().stream()
                    .map(this::load)
                    .flatMap(Optional::stream)
                    .distinct()
                    .toList();
        } catch (VaultException e) {
            return List.of(e.getMessage());
        }
    }

    private Optional<String> load(FileSnapshots.Key key) {
        try {
            Optional<Snapshot> read = files.load(key).map(SnapshotJson::read);
            read.filter(snapshot -> key(snapshot).equals(key)).ifPresent(snapshot -> all.put(key, snapshot));
            return Optional.empty();
        } catch (VaultException e) {
            return Optional.of(e.getMessage());
        } catch (IllegalArgumentException unknownShape) {
            return Optional.empty();
        }
    }

    /** The one for this revision; else one that is known to speak it; else the nearest of its era. */
    public Optional<Snapshot> find(Owner owner, String revision) {
        Era era = Era.of(revision);
        List<Snapshot> same = of(owner).stream().filter(one -> one.era() == era).toList();
        return same.stream()
                .filter(one -> one.revision().equals(revision))
                .findFirst()
                .or(() -> same.stream().filter(one -> one.speaks(revision)).findFirst())
                .or(() -> nearest(same, revision));
    }

    /** The newest that is older than asked for, which its speaker is likely to know as well; else the oldest. */
    private static Optional<Snapshot> nearest(Collection<Snapshot> same, String revision) {
        Comparator<Snapshot> byAge = Comparator.comparing(Snapshot::revision);
        return same.stream()
                .filter(one -> one.revision().compareTo(revision) < 0)
                .max(byAge)
                .or(() -> same.stream().min(byAge));
    }

    /** All of an owner, oldest revision first. */
    public List<Snapshot> of(Owner owner) {
        return all.values().stream()
                .filter(snapshot -> snapshot.owner().equals(owner))
                .sorted(Comparator.comparing(Snapshot::revision))
                .toList();
    }

    /** Connectors of which there is something. */
    public Set<String> connectors() {
        return all.keySet().stream().map(FileSnapshots.Key::connector).collect(Collectors.toSet());
    }

    /**
     * Takes what was seen in place of all that was known of these eras, and forgets what other accounts of the connector saw.
     *
     * @param taken of one owner
     * @throws VaultException when it could not be saved; it is in the book all the same
     */
    public synchronized void replace(Owner owner, List<Snapshot> taken) {
        List<FileSnapshots.Key> gone = outdated(owner, taken);
        gone.forEach(all::remove);
        taken.forEach(snapshot -> all.put(key(snapshot), snapshot));
        gone.forEach(files::delete);
        taken.forEach(this::save);
    }

    private List<FileSnapshots.Key> outdated(Owner owner, List<Snapshot> taken) {
        Set<Era> eras = taken.stream().map(Snapshot::era).collect(Collectors.toSet());
        return all.entrySet().stream()
                .filter(old -> old.getKey().connector().equals(owner.connector()))
                .filter(old -> !old.getValue().owner().equals(owner)
                        || eras.contains(old.getValue().era()))
                .map(Map.Entry::getKey)
                .filter(key ->
                        taken.stream().noneMatch(snapshot -> key(snapshot).equals(key)))
                .toList();
    }

    /** One more, or a newer one. @throws VaultException as {@link #replace} */
    public synchronized void put(Snapshot snapshot) {
        @Nullable Snapshot before = all.put(key(snapshot), snapshot);
        if (!snapshot.equals(before)) {
            save(snapshot);
        }
    }

    private void save(Snapshot snapshot) {
        files.save(key(snapshot), SnapshotJson.write(snapshot));
    }

    /** After a logout or removal. @throws VaultException when a file cannot be removed; the book has forgotten all the same */
    public synchronized void forget(String connector) {
        all.keySet().removeIf(key -> key.connector().equals(connector));
        files.forget(connector);
    }

    private static FileSnapshots.Key key(Snapshot snapshot) {
        Owner owner = snapshot.owner();
        return new FileSnapshots.Key(owner.connector(), snapshot.revision(), owner.account());
    }
}
