// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * What the conformance suite has found out in one scenario.
 *
 * @param byId a check may be made several times under one id
 */
record Checks(Map<String, Tally> byId) {
    static final Checks NONE = new Checks(Map.of());

    /**
     * How often a check was passed, and what was said each time that it was not: a warning counts like a failure. What was
     * left out or is for information only is not counted.
     */
    record Tally(int passed, List<String> complaints) {
        static final Tally NONE = new Tally(0, List.of());

        private Tally plus(String status, String complaint) {
            if (status.equals("SUCCESS")) {
                return new Tally(passed + 1, complaints);
            }
            if (!status.equals("FAILURE") && !status.equals("WARNING")) {
                return this;
            }
            List<String> more = new ArrayList<>(complaints);
            more.add(complaint);
            return new Tally(passed, List.copyOf(more));
        }
    }

    /** Reads a {@code checks.json} of the suite. */
    static Checks read(Path file) {
        return of(Json.read(Checkout.read(file)));
    }

    static Checks of(JsonNode checks) {
        Map<String, Tally> byId = new TreeMap<>();
        for (JsonNode check : checks) {
            String id = check.path("id").asString();
            String complaint = check.path("errorMessage").asString("no reason given");
            Tally before = byId.getOrDefault(id, Tally.NONE);
            byId.put(id, before.plus(check.path("status").asString(), complaint));
        }
        return new Checks(byId);
    }

    int passed() {
        return byId.values().stream().mapToInt(Tally::passed).sum();
    }

    int failed() {
        return byId.values().stream()
                .mapToInt(tally -> tally.complaints().size())
                .sum();
    }

    /** Has it found something, and nothing bad? */
    boolean isClean() {
        return passed() > 0 && failed() == 0;
    }

    /** What is worse there than here: one line for each check that passes less often, or fails more often. */
    List<String> lostIn(Checks there) {
        List<String> lost = new ArrayList<>();
        Map<String, Tally> all = new TreeMap<>(there.byId());
        all.putAll(byId);
        for (String id : all.keySet()) {
            Tally mine = byId.getOrDefault(id, Tally.NONE);
            Tally other = there.byId().getOrDefault(id, Tally.NONE);
            if (other.passed() < mine.passed()
                    || other.complaints().size() > mine.complaints().size()) {
                lost.add(id + " passed " + mine.passed() + " times, there " + other.passed() + " times "
                        + other.complaints());
            }
        }
        return lost;
    }

    /** {@code 9}, or {@code 1 (8)} where eight have failed. */
    @Override
    public String toString() {
        return failed() == 0 ? Integer.toString(passed()) : passed() + " (" + failed() + ")";
    }
}
