// SPDX-License-Identifier: Apache-2.0
package dev.vigil.fleet;

import dev.vigil.auth.Refresher;
import dev.vigil.auth.TimeSource;
import dev.vigil.sync.ObjectStore;
import dev.vigil.sync.Sharing;

/** What a machine is put together from; a test may put something else in the place of a part, to see that it is missed. */
interface Parts {
    Parts AS_THEY_ARE = new Parts() {};

    default ObjectStore bucket(Box box, ObjectStore line) {
        return line;
    }

    /** The clocks that sharing goes by. */
    default TimeSource time(TimeSource clocks) {
        return clocks;
    }

    default Refresher refresher(Sharing sharing, Refresher alone) {
        return sharing.over(alone);
    }
}
