// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import dev.vigil.sync.StrictFault;
import dev.vigil.sync.StrictS3;
import dev.vigil.sync.StrictS3.Op;
import java.time.Duration;

/**
 * What ails a bucket for a while. It begins right after a refresh, and ends as soon as a round and the next refresh have felt
 * it: in time for the token that is there. In each, rounds fail for a reason of its own, since the daemon tells of one that
 * stays only once.
 */
enum ChaosGust {
    /** It answers errors, pages and torn bodies, or hangs up, and does nothing. */
    FAILING {
        @Override
        void begin(StrictS3 bucket) {
            script(bucket, Op.GET, StrictFault.FAIL_BEFORE, StrictFault.CLOSE_BEFORE, StrictFault.CUT_BODY);
            script(bucket, Op.PUT, StrictFault.SLOW_DOWN, StrictFault.FAIL_BEFORE, StrictFault.HTML);
            script(bucket, Op.LIST, StrictFault.HTML);
        }
    },
    /** Each write is done, and answered by an error or not at all. */
    LYING {
        @Override
        void begin(StrictS3 bucket) {
            script(bucket, Op.PUT, StrictFault.FAIL_AFTER, StrictFault.CLOSE_AFTER, StrictFault.CUT_HEAD);
            script(bucket, Op.LIST, StrictFault.CUT_BODY);
        }

        @Override
        boolean letsNothingThrough() {
            return false;
        }
    },
    /** Nobody is there. */
    GONE {
        @Override
        void begin(StrictS3 bucket) {
            bucket.unplug();
        }

        @Override
        void end(StrictS3 bucket) {
            bucket.plugIn();
        }
    },
    /** Some writes take seconds, and a listing never ends. */
    SLOW {
        @Override
        void begin(StrictS3 bucket) {
            bucket.next(Op.PUT, StrictFault.DRIP, StrictFault.NONE, StrictFault.NONE, StrictFault.DRIP);
            bucket.next(Op.LIST, StrictFault.SILENT);
        }

        @Override
        boolean letsNothingThrough() {
            return false;
        }
    };

    private static final Duration LIMIT = Duration.ofSeconds(90);
    /** More rounds and refreshes than there ever are before it is felt. */
    private static final int PLENTY = 200;

    abstract void begin(StrictS3 bucket);

    void end(StrictS3 bucket) {
        bucket.calm();
    }

    /** Is no refresh agreed on while it lasts? */
    boolean letsNothingThrough() {
        return true;
    }

    private static void script(StrictS3 bucket, Op op, StrictFault... faults) {
        for (int i = 0; i < PLENTY; i++) {
            bucket.next(op, faults[i % faults.length]);
        }
    }

    /** Comes and goes. */
    void blow(ChaosWorld world) {
        long before = world.refreshed();
        Await.until(LIMIT, () -> world.refreshed() > before, () -> "no refresh before " + this + story(world));
        int rounds = world.sharing().failedRounds().size();
        ChaosSign sign = letsNothingThrough() ? ChaosSign.UNAGREED : ChaosSign.REFRESHED;
        long felt = sign.count(world);
        begin(world.bucket().server);
        try {
            Await.until(
                    LIMIT,
                    () -> world.sharing().failedRounds().size() > rounds,
                    () -> "no round feels " + this + story(world));
            Await.until(LIMIT, () -> sign.count(world) > felt, () -> "no refresh feels " + this + story(world));
        } finally {
            end(world.bucket().server);
        }
    }

    private static String story(ChaosWorld world) {
        return ": " + world.sharing() + world.said("refresh");
    }
}
