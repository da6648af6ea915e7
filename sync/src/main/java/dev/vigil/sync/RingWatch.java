// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.sync.ObjectStore.Version;
import dev.vigil.sync.SharedKeys.Pulled;
import dev.vigil.sync.StoreException.Kind;
import java.util.Optional;

/** Follows the shared key ring at the begin of a round. */
record RingWatch(SharedKeys keys) {

    /** The ring first, since nothing opens without it. What was noticed about it, and is no hindrance. */
    Optional<String> followed(Optional<Version> listed) {
        if (keys.isCurrent(listed)) {
            return Optional.empty();
        }
        Pulled pulled = keys.pull();
        if (pulled instanceof Pulled.Refused refused) {
            throw new StoreException(Kind.SEALED, false, refused.why());
        }
        return pulled instanceof Pulled.RolledBack back
                ? Optional.of(
                        back.why() + (back.restored() ? " It was put right." : " This machine may not put it right."))
                : Optional.empty();
    }
}
