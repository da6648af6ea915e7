// SPDX-License-Identifier: Apache-2.0
package dev.vigil.fleet;

import dev.vigil.auth.SimulatedIssuer.Family;
import java.time.Duration;
import java.util.Optional;

/** A login or logout that all machines are to hear of within the printed bound, counted for each while it is in touch. */
final class News {
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(10);

    private final Fleet fleet;
    private final Judge judge;
    private final InBucket inBucket;
    private final String connector;
    private final long level;
    private final Optional<Family> login;
    private final Box origin;
    /** Since when the origin could have told, in true time. */
    private Duration tellable;
    /** When it was first seen in the bucket. */
    private Optional<Duration> there = Optional.empty();

    /**
     * @param level whoever has heard of it knows of no lower epoch
     * @param login empty for a logout
     */
    News(Fleet fleet, Judge judge, String connector, long level, Optional<Family> login, Box origin) {
        this.fleet = fleet;
        this.judge = judge;
        this.inBucket = new InBucket(fleet.bucket, fleet.seal);
        this.connector = connector;
        this.level = level;
        this.login = login;
        this.origin = origin;
        this.tellable = now();
    }

    String connector() {
        return connector;
    }

    void watch() {
        if (there.isEmpty() && !judge.isLatest(origin, this)) {
            return; // the disk there holds what a person did later, and only that can still be told
        }
        if (login.filter(family -> family.end.isPresent()).isPresent()) {
            return; // what its server has refused is no news for anybody
        }
        if (login.isPresent() && origin.disk.hasIntent(connector)) {
            tellable = now(); // what may be spent is nobody's business before that is settled
        }
        there = there.or(() -> isInBucket() ? Optional.of(now()) : Optional.empty());
        if (there.isEmpty() && isDue(origin, tellable)) {
            judge.problem(Judge.Kind.LATE, origin, connector, "does not tell the bucket of " + this);
            return;
        }
        Optional<Box> late = there.flatMap(since -> fleet.boxes.stream()
                .filter(box -> !hasHeard(box) && isDue(box, since))
                .findFirst());
        if (late.isPresent()) {
            judge.problem(Judge.Kind.LATE, late.get(), connector, "has not heard of " + this);
        } else if (there.isEmpty() || !fleet.boxes.stream().allMatch(this::hasHeard)) {
            fleet.truth.schedule(LOOK_AGAIN, this::watch);
        }
    }

    private boolean isDue(Box box, Duration since) {
        return box.wellFor().compareTo(Judge.BOUND) > 0 && now().minus(since).compareTo(Judge.BOUND) > 0;
    }

    private boolean isInBucket() {
        return inBucket.standing(connector).filter(one -> one.epoch() >= level).isPresent();
    }

    private boolean hasHeard(Box box) {
        if (isOverByNow() && box.holds(connector).isEmpty()) {
            return true;
        }
        boolean isOnDisk = login.isPresent()
                ? judge.epochOn(box, connector) >= level
                : box.holds(connector).filter(grant -> grant.epoch() < level).isEmpty();
        boolean servesOlder = box.serves(connector)
                .filter(live -> live.grant().epoch() < level)
                .isPresent();
        return isOnDisk && !servesOlder;
    }

    /** Is it a later logout that all have to hear of? */
    private boolean isOverByNow() {
        return inBucket.standing(connector)
                .filter(one -> one.epoch() >= level && one.refreshToken().isEmpty())
                .isPresent();
    }

    private Duration now() {
        return fleet.truth.now().monotonic();
    }

    @Override
    public String toString() {
        return (login.isPresent() ? "a login" : "a logout") + " of level " + level + " on " + origin
                + login.map(family -> ", " + family).orElse("");
    }
}
