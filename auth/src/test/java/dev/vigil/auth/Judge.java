// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import dev.vigil.auth.SimulatedIssuer.Family;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Holds the promises against what happened: no grant is lost unless the answer that held it never came and a person was told
 * in time, nobody is turned away whom the issuer would have helped, and no token endpoint is tired.
 */
final class Judge {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final int LINES_KEPT = 4000;
    private static final int LINES_TOLD = 25;
    private static final int EACH_TOLD = 2;

    /** The newest tokens are not on our disk. */
    private static final class Doubt {
        private final Instant sent;
        private final Instant oldAccessEnd;
        /** When the daemon could know; empty while it may still hold the answer in its hands. */
        private Optional<Instant> noticeable = Optional.empty();

        private Optional<Instant> told = Optional.empty();
        /** Nobody but the server can know, until it is asked. */
        private boolean isSilent;

        Doubt(Instant sent, Instant oldAccessEnd) {
            this.sent = sent;
            this.oldAccessEnd = oldAccessEnd;
        }

        /** Was a person told before the old access token ended, or at once if it had? */
        boolean isToldInTime() {
            return told.isPresent()
                    && noticeable.isPresent()
                    && (isSilent || !told.get().isAfter(deadline().orElseThrow()));
        }

        Optional<Instant> deadline() {
            return noticeable
                    .map(known -> known.plus(MINUTE))
                    .map(soon -> soon.isAfter(oldAccessEnd) ? soon : oldAccessEnd);
        }
    }

    /** A broken promise. */
    enum Kind {
        GRANT_LOST,
        NOT_TOLD_IN_TIME,
        TURNED_AWAY,
        OVER_BUDGET,
        NEVER_ANSWERED
    }

    /** What came of all calls and grants. */
    static final class Figures {
        final Map<Kind, Integer> broken = new EnumMap<>(Kind.class);
        int served;
        int skipped;
        int skippedAfterOutage;
        Duration longestAfterOutage = Duration.ZERO;
        int skippedWithGoodToken;
        int told;
        int answersLost;
        int wonBack;
        int revoked;
        int endedByLatecomer;
        int toldByVerdict;
        int leftToIdle;

        @Override
        public String toString() {
            return "broken promises " + broken + "; calls served " + served + ", skipped " + skipped + " ("
                    + skippedAfterOutage + " after an outage had ended, up to " + longestAfterOutage + " later; "
                    + skippedWithGoodToken + " with a token that was still good); answers lost " + answersLost
                    + ", won back " + wonBack + ", told in time and ended " + told + " ("
                    + toldByVerdict + " by the verdict alone, " + endedByLatecomer
                    + " by a request that came too late); left to idle with a person told " + leftToIdle
                    + "; revoked by a person " + revoked;
        }
    }

    private final String story;
    private final Supplier<Instant> truth;
    private final Figures figures = new Figures();
    private final Deque<String> journal = new ArrayDeque<>();
    private final List<String> problems = new ArrayList<>();
    private final Map<Family, Doubt> doubts = new HashMap<>();
    /** When a refresh token was first sent. */
    private final Map<String, Instant> firstSent = new HashMap<>();

    private final Map<String, Instant> lastTold = new HashMap<>();
    private final CallMeter perGrant = new CallMeter(MINUTE);
    private final CallMeter perIssuer = new CallMeter(MINUTE);

    /** @param story names the run: the seed */
    Judge(String story, Supplier<Instant> truth) {
        this.story = story;
        this.truth = truth;
    }

    void note(String about, String what) {
        journal.add(truth.get() + " " + about + ": " + what);
        if (journal.size() > LINES_KEPT) {
            journal.remove();
        }
    }

    /** @param process a budget is kept in the memory of one process */
    void sending(SimulatedIssuer issuer, Family family, int number, int process, Duration at) {
        firstSent.putIfAbsent(family.id + issuer.name + number, truth.get());
        int byGrant = perGrant.add(family.connector + "#" + process, at);
        long perLifetimes = 3 * MINUTE.toSeconds() / family.lifetime.toSeconds();
        if (byGrant > Math.max(6, perLifetimes)) {
            problem(Kind.OVER_BUDGET, family.connector, byGrant + " token calls within a minute");
        }
        int byIssuer = perIssuer.add(issuer.name + "#" + process, at);
        if (byIssuer > 30) {
            problem(
                    Kind.OVER_BUDGET,
                    family.connector,
                    byIssuer + " token calls to " + issuer.name + " within a minute");
        }
    }

    /** The issuer has given new tokens for the refresh token of that number. */
    void acted(SimulatedIssuer issuer, Family family, int number, Instant oldAccessEnd) {
        if (issuer.reuse != SimulatedIssuer.Reuse.FIXED) {
            doubt(issuer, family, number, oldAccessEnd);
        }
    }

    /** A request whose answer nobody awaited was acted upon late, after the repetition had been answered. */
    void endedUnseen(SimulatedIssuer issuer, Family family, int number) {
        note(family.connector, "a request that was given up has arrived, and ends the grant");
        figures.endedByLatecomer++;
        Doubt doubt = doubt(issuer, family, number, truth.get());
        doubt.noticeable = Optional.of(truth.get());
        doubt.isSilent = true;
    }

    private Doubt doubt(SimulatedIssuer issuer, Family family, int number, Instant oldAccessEnd) {
        Instant sent = firstSent.getOrDefault(family.id + issuer.name + number, truth.get());
        Doubt doubt = doubts.computeIfAbsent(family, any -> new Doubt(sent, oldAccessEnd));
        Optional.ofNullable(lastTold.get(family.connector))
                .filter(told -> told.isAfter(obtained(family, oldAccessEnd, doubt)) && doubt.told.isEmpty())
                .ifPresent(told -> doubt.told = Optional.of(told));
        return doubt;
    }

    /** A person who was told that this refresh token may be spent need not be told again for each try. */
    private static Instant obtained(Family family, Instant oldAccessEnd, Doubt doubt) {
        Instant issued = oldAccessEnd.minus(family.lifetime);
        return oldAccessEnd.equals(Instant.EPOCH) || issued.isAfter(doubt.sent) ? doubt.sent : issued;
    }

    /** The daemon has had its chance to know that an answer is lost. */
    void noticeable(Family family) {
        Doubt doubt = doubts.get(family);
        if (doubt != null && doubt.noticeable.isEmpty()) {
            doubt.noticeable = Optional.of(truth.get());
            figures.answersLost++;
        }
    }

    /** Whatever a dead process held in its hands is gone, and only the new one can tell it. */
    void restarted(Family family) {
        noticeable(family);
        Doubt doubt = doubts.get(family);
        if (doubt != null) {
            doubt.noticeable = Optional.of(truth.get());
        }
    }

    /** A grant has reached the disk. */
    void saved(Family family, int number) {
        if (number == family.newest && family.end.isEmpty()) {
            Doubt doubt = doubts.remove(family);
            figures.wonBack += doubt != null && doubt.noticeable.isPresent() ? 1 : 0;
        }
    }

    /** A person was told that a refresh token may be spent, or that new ones are in memory only. */
    void told(String connector, Family family, String what) {
        note(connector, "told: " + what);
        lastTold.put(connector, truth.get());
        Doubt doubt = doubts.get(family);
        if (doubt != null && doubt.told.isEmpty()) {
            doubt.told = Optional.of(truth.get());
        }
    }

    /** Vigil has given up this connector's grant. */
    void gaveUp(String connector, Family family, String reason) {
        note(connector, "gave up, " + reason + "; issuer holds " + family);
        Doubt doubt = doubts.get(family);
        if (family.end.equals(Optional.of(SimulatedIssuer.End.REVOKED_BY_PERSON))) {
            figures.revoked++;
        } else if (wasLeftToIdle(connector, family)) {
            figures.leftToIdle++;
        } else if (doubt == null || doubt.noticeable.isEmpty()) {
            problem(Kind.GRANT_LOST, connector, "grant lost (" + reason + "), issuer: " + family);
        } else {
            boolean cutShort = !doubt.isSilent && truth.get().isBefore(doubt.oldAccessEnd);
            if (doubt.told.isEmpty() && !cutShort) { // "log in" tells it too, unless we ended a good token ourselves
                figures.toldByVerdict++;
                doubt.told = Optional.of(truth.get());
            }
            judge(connector, doubt);
        }
    }

    /**
     * Nobody but the server knew whether the refresh token was spent, and it ends families over a repeat: then it was rightly
     * not shown again while its access token lived, and a person was told at once.
     */
    private boolean wasLeftToIdle(String connector, Family family) {
        return family.end.equals(Optional.of(SimulatedIssuer.End.IDLE))
                && family.isStrict
                && Optional.ofNullable(lastTold.get(connector))
                        .filter(told -> told.isAfter(family.used))
                        .isPresent();
    }

    private void judge(String connector, Doubt doubt) {
        if (doubt.isToldInTime()) {
            figures.told++;
        } else {
            problem(
                    Kind.NOT_TOLD_IN_TIME,
                    connector,
                    "answer lost at " + doubt.noticeable.get() + ", and told "
                            + doubt.told.map(Instant::toString).orElse("nobody"));
        }
    }

    void served() {
        figures.served++;
    }

    /** A call was answered in place of the upstream. */
    void skipped(String connector, SimulatedIssuer issuer, Weather weather, boolean holdsNewest, boolean tokenGood) {
        figures.skipped++;
        figures.skippedWithGoodToken += tokenGood ? 1 : 0;
        if (!holdsNewest || issuer.family(connector).end.isPresent()) {
            return; // the issuer would not have helped
        }
        Optional<String> excuse = weather.excuse(issuer.name, connector);
        if (excuse.isEmpty()) {
            problem(Kind.TURNED_AWAY, connector, "turned away though the issuer would have refreshed");
        } else if (!weather.isFoul(issuer.name)) {
            figures.skippedAfterOutage++;
            Duration well = weather.wellFor(issuer.name, connector);
            figures.longestAfterOutage =
                    well.compareTo(figures.longestAfterOutage) > 0 ? well : figures.longestAfterOutage;
        }
    }

    /** A call that never ended. */
    void hung(int calls) {
        if (calls > 0) {
            problem(Kind.NEVER_ANSWERED, "*", calls + " calls never ended");
        }
    }

    /** What must hold when the story is over. */
    void close(String connector, Family family, boolean live, boolean holdsNewest) {
        Doubt doubt = doubts.get(family);
        if (live && !holdsNewest && (doubt == null || doubt.noticeable.isEmpty())) {
            problem(Kind.GRANT_LOST, connector, "holds a spent refresh token and does not know; issuer: " + family);
        }
    }

    String story() {
        return story;
    }

    Figures figures() {
        return figures;
    }

    CallMeter perGrant() {
        return perGrant;
    }

    CallMeter perIssuer() {
        return perIssuer;
    }

    /** The first broken promises, each with what led to it; empty when all were kept. */
    List<String> problems() {
        return List.copyOf(problems);
    }

    private void problem(Kind kind, String connector, String what) {
        note(connector, what.toUpperCase(java.util.Locale.ROOT));
        if (figures.broken.merge(kind, 1, Integer::sum) <= EACH_TOLD) {
            List<String> lines = journal.stream()
                    .filter(line -> line.contains(" " + connector + ": ") || line.contains(" *: "))
                    .toList();
            List<String> last = lines.subList(Math.max(0, lines.size() - LINES_TOLD), lines.size());
            problems.add(story + ", " + truth.get() + ", " + connector + ": " + what + "\n    "
                    + String.join("\n    ", last));
        }
    }
}
