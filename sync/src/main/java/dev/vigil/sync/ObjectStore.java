// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What machines share: small objects under names, each write of which may be made to depend on what stands there. Nobody
 * trusts it. Any thread may call; every call blocks, at most as long as the store's time limit, and throws
 * {@link StoreException} when there is no clear answer. Nothing is tried again here: who calls knows what another try
 * would mean.
 *
 * <p>A name is made of letters, digits and {@code . _ - /}, at most {@value #LONGEST_KEY} characters, no part of it empty
 * or with a dot in front; anything else is an {@link IllegalArgumentException}, as is content above
 * {@value #LONGEST_OBJECT} bytes.
 */
public interface ObjectStore extends AutoCloseable {
    /** Bytes. A longer object is refused, read or written. */
    int LONGEST_OBJECT = 1 << 20;
    /** Characters. */
    int LONGEST_KEY = 200;

    /** Empty when there is no such object. */
    Optional<Stored> get(String key);

    /** Like {@link #get}, but what is known already is not sent again, where the store can tell. */
    Fetched getIfChanged(String key, Version known);

    /** Everything whose name begins like this, sorted by name. */
    List<Entry> list(String prefix);

    /**
     * Writes an object, if just this stands there.
     *
     * @param over the version that is replaced; empty to create an object where there is none
     * @throws StoreException with {@link StoreException#mayHaveBeenApplied()} when only another look can tell
     */
    PutOutcome put(String key, byte[] content, Optional<Version> over);

    /** Creates an object, unless there is one. Throws like {@link #put}. */
    default PutOutcome putIfAbsent(String key, byte[] content) {
        return put(key, content, Optional.empty());
    }

    /** Replaces an object, unless another version than {@code expected} stands there. Throws like {@link #put}. */
    default PutOutcome putIf(String key, byte[] content, Version expected) {
        return put(key, content, Optional.of(expected));
    }

    /** Removes an object, whatever its version; nothing happens when there is none. For what a probe leaves only. */
    void delete(String key);

    /** Frees what the store holds; it may not be used afterwards. */
    @Override
    void close();

    /** The store's own name for one version of one object, without quotes. Equal names may come back for equal content. */
    record Version(String tag) {
        public Version {
            if (tag.isBlank()) {
                throw new IllegalArgumentException("a version has a name");
            }
        }
    }

    /** What {@link ObjectStore#getIfChanged} found. */
    sealed interface Fetched permits Stored, Unchanged, Absent {}

    /** An object as it stands. */
    record Stored(byte[] content, Version version) implements Fetched {}

    /** It is the known version. */
    record Unchanged() implements Fetched {}

    /** There is no such object. */
    record Absent() implements Fetched {}

    /**
     * One line of a listing.
     *
     * @param size bytes
     * @param lastModified by the store's clock
     */
    record Entry(String key, Version version, long size, Instant lastModified) {}

    /** What became of a conditional write. */
    sealed interface PutOutcome permits Written, Lost {}

    /** Ours stands, or stood. */
    record Written(Version version) implements PutOutcome {}

    /**
     * Nothing was written: somebody else was first.
     *
     * @param reason what the store said
     */
    record Lost(String reason) implements PutOutcome {}
}
