// SPDX-License-Identifier: Apache-2.0
package dev.vigil.fleet;

import dev.vigil.auth.Authorization.Live;
import dev.vigil.auth.SimulatedIssuer;
import dev.vigil.auth.SimulatedIssuer.Family;
import dev.vigil.fleet.InBucket.Standing;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** When all is well again: does every machine serve every login of which a newest refresh token is anywhere? */
final class Aftermath {
    private final Fleet fleet;
    private final InBucket inBucket;

    Aftermath(Fleet fleet, InBucket inBucket) {
        this.fleet = fleet;
        this.inBucket = inBucket;
    }

    /** By machine and connector, what is wrong. */
    Map<String, String> leftOut() {
        Map<String, String> found = new TreeMap<>();
        for (String connector : fleet.names()) {
            Optional<Standing> there = inBucket.standing(connector);
            Optional<Family> alive = there.flatMap(Standing::refreshToken)
                    .flatMap(token -> alive(connector, token))
                    .or(() -> onDisk(connector, there.map(Standing::epoch).orElse(0L)));
            boolean isLoggedOut =
                    there.filter(one -> one.refreshToken().isEmpty()).isPresent();
            for (Box box : fleet.boxes) {
                wrong(box.serves(connector), alive, isLoggedOut).ifPresent(what -> found.put(box + connector, what));
            }
        }
        return found;
    }

    private Optional<String> wrong(Optional<Live> live, Optional<Family> alive, boolean isLoggedOut) {
        if (alive.isPresent() && !serves(live, alive.get())) {
            String holds = live.map(one -> Fleet.refreshToken(one.grant())).orElse("nothing");
            return Optional.of("does not serve " + alive.get() + ", but " + holds);
        }
        return alive.isEmpty() && isLoggedOut && live.isPresent()
                ? Optional.of("serves what was logged out")
                : Optional.empty();
    }

    private Optional<Family> onDisk(String connector, long epoch) {
        return fleet.boxes.stream()
                .flatMap(box -> box.holds(connector).stream())
                .filter(grant -> grant.epoch() >= epoch)
                .flatMap(grant -> alive(connector, Fleet.refreshToken(grant)).stream())
                .findFirst();
    }

    private Optional<Family> alive(String connector, String token) {
        Family family = fleet.issuerOf(connector).familyOf(token);
        boolean isNewest = SimulatedIssuer.number(token) == family.newest;
        return isNewest && family.end.isEmpty() ? Optional.of(family) : Optional.empty();
    }

    private boolean serves(Optional<Live> live, Family family) {
        return live.filter(one -> !one.isLast())
                .map(Live::grant)
                .filter(grant -> fleet.familyOf(grant) == family && Fleet.number(grant) == family.newest)
                .isPresent();
    }
}
