// SPDX-License-Identifier: Apache-2.0
package dev.vigil.fleet;

import dev.vigil.auth.SimulatedIssuer.Reuse;
import dev.vigil.vault.SharedSeal;
import java.time.Duration;
import java.util.SplittableRandom;

/** Three machines in a storm, and then in a calm. */
final class Lives {
    static final Duration HALF_A_DAY = Duration.ofHours(12);
    private static final Duration CALM = Duration.ofMinutes(100);

    private Lives() {}

    /** In every third storm the clocks agree; in the others they are minutes or hours off, and leap. */
    static boolean clocksAgree(long seed) {
        return seed % 3 == 0;
    }

    static Fleet live(long seed, Duration length, SharedSeal seal, Parts parts) {
        SplittableRandom chance = new SplittableRandom(seed);
        Fleet fleet = new Fleet("seed " + seed, seal, chance.split(), parts);
        boolean clocksAgree = clocksAgree(seed);
        for (String name : new String[] {"laptop", "cloud", "build"}) {
            long most = clocksAgree ? 60 : 3 * 3600;
            fleet.machine(name, Duration.ofSeconds(chance.nextLong(-most, most)));
        }
        fleet.connector("short", Reuse.STRICT, Duration.ofMinutes(10));
        fleet.connector("hour", Reuse.STRICT, Duration.ofHours(1));
        fleet.connector("mild", seed % 2 == 0 ? Reuse.GRACE : Reuse.LENIENT, Duration.ofMinutes(30));
        fleet.connector("fixed", Reuse.FIXED, Duration.ofMinutes(30));
        Storm storm = new Storm(fleet, chance.split(), clocksAgree);
        fleet.fates = storm;
        fleet.boxes.forEach(Box::start);
        fleet.names().forEach(name -> fleet.boxes.get(0).process().orElseThrow().login(name));
        storm.begin();
        fleet.advance(length);
        storm.ends();
        fleet.advance(CALM.dividedBy(5));
        storm.peopleTidyUp();
        fleet.advance(CALM.multipliedBy(4).dividedBy(5));
        fleet.judge.close();
        return fleet;
    }
}
