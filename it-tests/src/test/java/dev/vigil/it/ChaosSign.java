// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.time.Duration;
import java.time.Instant;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/** How it shows that a fault is felt: something that servers or the daemon count, and that is zero without the fault. */
enum ChaosSign {
    STRUCK("token requests struck") {
        @Override
        long count(ChaosWorld world) {
            return world.hearing.strikes();
        }
    },
    CLOCK_OFF("refreshes by a wrong clock") {
        @Override
        long count(ChaosWorld world) {
            return refreshes(world, line -> is(line, "refreshed") && isOff(ChaosReport.time(line)));
        }
    },
    SLOW("slow refreshes") {
        @Override
        long count(ChaosWorld world) {
            return refreshes(
                    world,
                    line -> is(line, "refreshed") && line.path("took_ms").asLong() >= ChaosFault.SLOW.toMillis());
        }
    },
    ANSWER_LOST("lost answers told") {
        @Override
        long count(ChaosWorld world) {
            return world.said("answer_lost").size();
        }
    },
    LOGIN_DEMANDED("logins demanded") {
        @Override
        long count(ChaosWorld world) {
            return world.demands().size();
        }
    },
    PUT_OFF("refreshes put off") {
        @Override
        long count(ChaosWorld world) {
            return refreshes(world, line -> line.path("category").asString("").equals("storage"));
        }
    },
    UNAGREED("refreshes put off by the bucket") {
        @Override
        long count(ChaosWorld world) {
            return refreshes(world, line -> line.path("category").asString("").equals("sync"));
        }
    },
    UNSAVED("saves failed") {
        @Override
        long count(ChaosWorld world) {
            return world.said("save_failed").size();
        }
    },
    REFRESHED("refreshes") {
        @Override
        long count(ChaosWorld world) {
            return world.refreshed();
        }
    },
    WAITING("calls waiting") {
        @Override
        long count(ChaosWorld world) {
            return world.calls.waiting();
        }
    },
    ADOPTED("refreshes adopted") {
        @Override
        long count(ChaosWorld world) {
            return refreshes(world, line -> is(line, "adopted"));
        }
    },
    MEANWHILE("refreshes meanwhile") {
        @Override
        long count(ChaosWorld world) {
            return world.acceptedSinceMark();
        }
    };

    /** More than logs are ever old here, less than any clock is moved. */
    private static final Duration FAR_OFF = Duration.ofMinutes(5);

    final String words;

    ChaosSign(String words) {
        this.words = words;
    }

    /** How often so far. */
    abstract long count(ChaosWorld world);

    private static long refreshes(ChaosWorld world, Predicate<JsonNode> wanted) {
        return world.said("refresh").stream().filter(wanted).count();
    }

    private static boolean is(JsonNode line, String outcome) {
        return line.path("outcome").asString().equals(outcome);
    }

    private static boolean isOff(Instant time) {
        return Duration.between(time, Instant.now()).abs().compareTo(FAR_OFF) > 0;
    }
}
