// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

/** A store that {@link BucketProbe} can find things out about. */
public interface ProbedStore extends ObjectStore {
    /** Are old versions of objects kept? Some stores do not honour conditions where they are. */
    enum Versioning {
        OFF,
        SUSPENDED,
        ENABLED,
        /** It would not say. */
        UNKNOWN
    }

    /** What somebody without credentials gets. */
    enum Openness {
        CLOSED,
        /** Anybody may read or list. */
        OPEN,
        /** It would not say. */
        UNKNOWN
    }

    /** Never throws because the store would not tell. */
    Versioning versioning();

    /** Asks for an object that exists, and for a listing, without credentials. Never throws, like the above. */
    Openness openness(String key);

    /** The same store, spoken to in another way. Closing either closes both. */
    ProbedStore speaking(EtagStyle style);
}
