// SPDX-License-Identifier: Apache-2.0
package dev.vigil.fleet;

import dev.vigil.auth.Authorization.Live;
import dev.vigil.auth.Grant;
import dev.vigil.auth.SimulatedIssuer.End;
import dev.vigil.auth.SimulatedIssuer.Family;
import dev.vigil.auth.SimulatedIssuer.Reuse;
import dev.vigil.fleet.InBucket.Standing;
import dev.vigil.fleet.TokenWire.Sending;
import dev.vigil.sync.SharedStep;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Holds what {@code docs/sync.md} promises against what happened. The newest refresh token that a server holds live is never
 * lost, unless its answer never reached a disk, and then a person is told before the old access token ends; no refresh token
 * is sent by two machines; nothing ever goes back to an older state; and once everything is in touch again, every machine
 * serves every login that is alive.
 */
final class Judge {
    /** A round's length, a tenth more, and five seconds: what {@code vigil sync init} prints. */
    static final Duration BOUND = Duration.ofSeconds(38);

    /** A lease dies, and who waits for it tries again. */
    private static final Duration TIME_TO_TELL = Duration.ofMinutes(5);

    private static final Duration AFTER_OUTAGE = Duration.ofMinutes(15);
    private static final Duration CLOCKS_AGREE = Duration.ofSeconds(90);
    private static final int LINES_KEPT = 4000;
    private static final int LINES_TOLD = 45;
    private static final int EACH_TOLD = 2;

    /** A broken promise. */
    enum Kind {
        /** A server has ended a login over a repeat, though no answer was lost. */
        GRANT_LOST,
        /** Two machines have sent the same refresh token. */
        SENT_TWICE,
        /** Something was sent by one machine while another had the lease, or was sending too. */
        NOT_ITS_TURN,
        NOT_TOLD_IN_TIME,
        WENT_BACK,
        /** Where all clocks agree, a token was renewed that had more than half of its life before it. */
        TOO_OFTEN,
        /** A login or logout was not live elsewhere within the printed bound. */
        LATE,
        /** When all was well again, a machine did not serve a login that is alive. */
        LEFT_OUT
    }

    /** The newest tokens are on no disk. */
    private static final class Doubt {
        private final Sending sending;
        private Optional<Instant> noticeable = Optional.empty();

        Doubt(Sending sending) {
            this.sending = sending;
        }
    }

    /** Epoch and generation. */
    private record Mark(long epoch, long generation) {
        boolean isAbove(Mark other) {
            return epoch > other.epoch || epoch == other.epoch && generation > other.generation;
        }
    }

    /** What came of it all. */
    static final class Figures {
        final Map<Kind, Integer> broken = new EnumMap<>(Kind.class);
        final Map<String, Integer> steps = new TreeMap<>();
        final List<Duration> adoptions = new ArrayList<>();
        int refreshes;
        int early;
        int answersLost;
        int wonBack;
        int endedAfterLostAnswer;
        int endedByLatecomer;
        int endedByTakeOver;
        int told;
        int news;
        int served;
        int skipped;

        @Override
        public String toString() {
            return "broken promises " + broken + "; refreshes " + refreshes + ", early " + early + "; answers lost "
                    + answersLost + ", won back " + wonBack + ", ended by a repeat " + endedAfterLostAnswer
                    + ", by a latecomer " + endedByLatecomer + ", by a person's take-over " + endedByTakeOver
                    + ", told in time " + told + "; logins and logouts " + news
                    + "; calls served " + served + ", skipped " + skipped + "; " + steps;
        }
    }

    private final String story;
    private final Fleet fleet;
    private final InBucket inBucket;
    private final Figures figures = new Figures();
    private final Deque<String> journal = new ArrayDeque<>();
    private final List<String> problems = new ArrayList<>();
    private final Map<String, List<Sending>> sendings = new HashMap<>();
    /** Sent and awaited, and not there yet. */
    private final Set<Sending> underWay = new LinkedHashSet<>();
    /** What a person let a machine send. */
    private final Set<String> wished = new HashSet<>();

    private final Map<Family, Doubt> doubts = new HashMap<>();
    private final Map<String, Instant> lastTold = new HashMap<>();
    private final Map<String, Mark> highest = new HashMap<>();
    private final Map<String, Grant> lastSaved = new HashMap<>();
    /** By the machine where a person logged in or out, and the connector. */
    private final Map<String, News> latest = new HashMap<>();
    /** Machines at which a person has chosen the other of two logins, be it the older one. */
    private final Set<String> chosen = new HashSet<>();

    private final Map<String, Instant> firstSaved = new HashMap<>();
    private final Map<String, Instant> issuerTroubled = new HashMap<>();

    Judge(String story, Fleet fleet) {
        this.story = story;
        this.fleet = fleet;
        this.inBucket = new InBucket(fleet.bucket, fleet.seal);
    }

    Figures figures() {
        return figures;
    }

    List<String> problems() {
        return List.copyOf(problems);
    }

    String story() {
        return story;
    }

    void note(Box box, String connector, String what) {
        note(box.name, connector, what);
    }

    void note(String who, String connector, String what) {
        journal.add(now() + " " + who + " " + connector + ": " + what);
        if (journal.size() > LINES_KEPT) {
            journal.remove();
        }
    }

    void step(Box box, SharedStep step) {
        figures.steps.merge(step.what().word(), 1, Integer::sum);
        note(
                box,
                step.connector(),
                step.what().word() + " " + step.epoch() + "/" + step.generation() + " "
                        + step.other().orElse("") + " " + step.why().orElse(""));
    }

    void served() {
        figures.served++;
    }

    void skipped(Box box, String connector, String why) {
        figures.skipped++;
        note(box, connector, "call skipped: " + why);
    }

    void issuerTroubled(String issuer) {
        issuerTroubled.put(issuer, now());
    }

    /** A refresh token has left its machine. */
    void sent(Sending sending) {
        note(sending.box, sending.family.connector, "sends " + sending.shown + ", server holds " + sending.family);
        List<Sending> all = sendings.computeIfAbsent(sending.issuer.name + sending.shown, any -> new ArrayList<>());
        boolean isAlive = sending.family.end.isEmpty() && sending.issuer.reuse != Reuse.FIXED;
        boolean isWished = wished.contains(sending.box + sending.issuer.name + sending.shown);
        for (Sending other : all) {
            if (isAlive && other.box != sending.box && !other.isHarmless && !isWished) {
                problem(
                        Kind.SENT_TWICE,
                        sending.box,
                        sending.family.connector,
                        "sends " + sending.shown + ", which " + other.box + " sent at " + other.at);
                break;
            }
        }
        all.add(sending);
        if (sending.arrives) {
            underWay.add(sending);
        }
    }

    /** A person lets this machine try what another one may have sent; the server may end the login over it. */
    void takingOver(Box box, Grant held) {
        note(box, held.connector(), "a person lets it take over " + Fleet.refreshToken(held));
        wished.add(box + fleet.issuerOf(held.connector()).name + Fleet.refreshToken(held));
    }

    /** The lease of some connector has been written by this machine. */
    void leaseWritten(Box box) {
        for (Sending sending : underWay) {
            String connector = sending.family.connector;
            boolean isOthers = sending.box != box && sending.issuer.reuse != Reuse.FIXED;
            if (isOthers
                    && isTheOnlyLogin(sending.family)
                    && inBucket.holder(connector).equals(Optional.of(box.self.id()))) {
                problem(
                        Kind.NOT_ITS_TURN,
                        box,
                        connector,
                        "takes the lease while " + sending.box + " is sending " + sending.shown);
            }
        }
    }

    /** It arrives. */
    void acting(Sending sending) {
        underWay.remove(sending);
        Family family = sending.family;
        sending.oldAccessEnd = family.accessEnd(sending.number);
        sending.wasAlive = family.end.isEmpty();
        Optional<String> holder = inBucket.holder(family.connector).filter(id -> !id.equals(sending.box.self.id()));
        boolean isAwaited = sending.wasAlive && !sending.isOver;
        if (isAwaited && holder.isPresent() && isTheOnlyLogin(family) && sending.issuer.reuse != Reuse.FIXED) {
            problem(
                    Kind.NOT_ITS_TURN,
                    sending.box,
                    family.connector,
                    sending.shown + " arrives, sent at " + sending.at + ", while the lease is that of " + holder.get());
        }
    }

    /** One that no other machine has seen needs nobody's leave. */
    private boolean isTheOnlyLogin(Family family) {
        boolean isShared = inBucket.standing(family.connector)
                .flatMap(Standing::refreshToken)
                .filter(token -> fleet.issuerOf(family.connector).familyOf(token) == family)
                .isPresent();
        return isShared
                && fleet.boxes.stream()
                        .flatMap(box -> box.holds(family.connector).stream())
                        .allMatch(grant -> fleet.familyOf(grant) == family);
    }

    /** The server has done what it does with it. */
    void acted(Sending sending) {
        Family family = sending.family;
        if (sending.tokens.isPresent()) {
            figures.refreshes++;
            Duration left = Duration.between(now(), sending.oldAccessEnd);
            if (left.compareTo(family.lifetime.dividedBy(2).plus(CLOCKS_AGREE.multipliedBy(2))) > 0) {
                figures.early++;
                if (fleet.boxes.stream().allMatch(Judge::agrees)) {
                    problem(
                            Kind.TOO_OFTEN,
                            sending.box,
                            family.connector,
                            sending.shown + " is spent " + left + " before its access token ends");
                }
            }
            if (sending.issuer.reuse != Reuse.FIXED) {
                Doubt doubt = new Doubt(sending);
                doubts.put(family, doubt);
                if (sending.isOver) {
                    noticed(doubt);
                }
            }
        } else if (sending.wasAlive && family.end.equals(Optional.of(End.REUSE_DETECTED))) {
            Optional<Doubt> doubt = Optional.ofNullable(doubts.get(family));
            if (sending.isOver) {
                figures.endedByLatecomer++;
            } else if (doubt.flatMap(one -> one.noticeable).isPresent()) {
                figures.endedAfterLostAnswer++;
            } else if (wished.contains(sending.box + sending.issuer.name + sending.shown)) {
                figures.endedByTakeOver++;
            } else {
                problem(
                        Kind.GRANT_LOST,
                        sending.box,
                        family.connector,
                        "the server ended " + family + " over " + sending.shown);
            }
        }
    }

    void answered(Sending sending) {
        over(sending);
        if (sending.tokens.isEmpty()) { // the others may hear it too
            sendings.getOrDefault(sending.issuer.name + sending.shown, List.of())
                    .forEach(one -> one.isHarmless = true);
        }
    }

    void unanswered(Sending sending) {
        over(sending);
        Optional.ofNullable(doubts.get(sending.family))
                .filter(doubt -> doubt.sending == sending)
                .ifPresent(this::noticed);
    }

    /** What that process held in its hands is gone. */
    void died(Box box, int process) {
        sendings.values().stream()
                .flatMap(List::stream)
                .filter(one -> one.box == box && one.process == process)
                .forEach(this::over);
        doubts.values().stream()
                .filter(doubt -> doubt.sending.box == box && doubt.sending.process == process)
                .forEach(this::noticed);
    }

    private void over(Sending sending) {
        sending.isOver = true;
        underWay.remove(sending);
    }

    private void noticed(Doubt doubt) {
        if (doubt.noticeable.isEmpty()) {
            figures.answersLost++;
            note(doubt.sending.box, doubt.sending.family.connector, "answer lost to " + doubt.sending.shown);
            doubt.noticeable = Optional.of(now());
            Instant soon = now().plus(TIME_TO_TELL);
            Instant end = doubt.sending.oldAccessEnd;
            fleet.truth.schedule(Duration.between(now(), soon.isAfter(end) ? soon : end), () -> checkTold(doubt));
        }
    }

    private void checkTold(Doubt doubt) {
        Sending sending = doubt.sending;
        Family family = sending.family;
        boolean isOpen = doubts.get(family) == doubt && family.end.isEmpty();
        boolean isIssuerWell = Optional.ofNullable(issuerTroubled.get(sending.issuer.name))
                .filter(at -> at.plus(AFTER_OUTAGE).isAfter(now()))
                .isEmpty();
        if (!isOpen || !isIssuerWell || !agrees(sending.box)) {
            return;
        }
        // Said once for each token, however often it is tried, and also when it was only about to be sent.
        Instant issued = sending.oldAccessEnd.minus(family.lifetime);
        for (Box box : fleet.boxes) {
            if (box.wellFor().compareTo(TIME_TO_TELL.plusSeconds(30)) > 0 && agrees(box) && holdsSpent(box, sending)) {
                boolean isTold = Optional.ofNullable(lastTold.get(box + family.connector))
                        .filter(at -> !at.isBefore(issued))
                        .isPresent();
                if (isTold) {
                    figures.told++;
                } else {
                    problem(
                            Kind.NOT_TOLD_IN_TIME,
                            box,
                            family.connector,
                            "the answer to " + sending.shown + " was lost at " + doubt.noticeable.get()
                                    + " and nobody was told");
                }
            }
        }
    }

    private static boolean agrees(Box box) {
        return box.clockOff().abs().compareTo(CLOCKS_AGREE) < 0;
    }

    private static boolean holdsSpent(Box box, Sending sending) {
        return box.serves(sending.family.connector)
                .map(Live::grant)
                .flatMap(grant -> grant.tokens().refreshToken())
                .filter(token -> token.reveal().equals(sending.shown))
                .isPresent();
    }

    void told(Box box, String connector, String what) {
        note(box, connector, "told: " + what);
        lastTold.put(box + connector, now());
    }

    void gaveUp(Box box, Grant last, String reason) {
        note(box, last.connector(), "needs login, " + reason + "; server holds " + fleet.familyOf(last));
    }

    /** A grant has reached a disk. */
    void saved(Box box, Grant grant) {
        String connector = grant.connector();
        Mark mark = new Mark(grant.epoch(), grant.tokens().generation());
        Mark before = highest.getOrDefault(box + connector, new Mark(0, 0));
        if (before.isAbove(mark) && !isOtherLogin(box, grant)) {
            problem(Kind.WENT_BACK, box, connector, "saves " + mark + " after " + before);
        }
        highest.put(box + connector, mark);
        lastSaved.put(box + connector, grant);
        Family family = fleet.familyOf(grant);
        if (Fleet.number(grant) == family.newest) {
            Doubt doubt = doubts.remove(family);
            figures.wonBack += doubt != null && doubt.noticeable.isPresent() ? 1 : 0;
        }
        Instant first = firstSaved.putIfAbsent(connector + mark, now());
        if (first != null && mark.isAbove(before)) {
            figures.adoptions.add(Duration.between(first, now()));
        }
    }

    /** Of two logins, one that its server has refused loses to the other, and so does one that a person says. */
    private boolean isOtherLogin(Box box, Grant grant) {
        boolean isChosen = chosen.remove(box + grant.connector());
        return Optional.ofNullable(lastSaved.get(box + grant.connector()))
                .filter(last -> !last.loggedInAt().equals(grant.loggedInAt()))
                .filter(last -> last.refusal().isPresent() || isChosen)
                .isPresent();
    }

    /** A logout, here or elsewhere, has taken a grant from a disk. */
    void deleted(Box box, String connector) {
        Mark before = highest.getOrDefault(box + connector, new Mark(0, 0));
        highest.put(box + connector, new Mark(before.epoch + 1, 0));
    }

    /** A person is about to choose one of two logins. */
    void resolving(Box box, String connector) {
        note(box, connector, "a person decides between two logins");
        chosen.add(box + connector);
    }

    void loggedIn(Box box, Grant grant) {
        note(box, grant.connector(), "a person logs in, epoch " + grant.epoch());
        figures.news++;
        watch(box, new News(fleet, this, grant.connector(), grant.epoch(), Optional.of(fleet.familyOf(grant)), box));
    }

    void loggedOut(Box box, Grant grant) {
        note(box, grant.connector(), "a person logs out, epoch " + grant.epoch());
        fleet.issuerOf(grant.connector()).end(fleet.familyOf(grant));
        figures.news++;
        watch(box, new News(fleet, this, grant.connector(), grant.epoch() + 1, Optional.empty(), box));
    }

    private void watch(Box box, News news) {
        latest.put(box + news.connector(), news);
        news.watch();
    }

    /** Has nobody logged in or out there since? */
    boolean isLatest(Box origin, News news) {
        return latest.get(origin + news.connector()) == news;
    }

    /** The epoch of the last login or logout that has reached a machine's disk. */
    long epochOn(Box box, String connector) {
        return highest.getOrDefault(box + connector, new Mark(0, 0)).epoch;
    }

    /** Puts the last questions; whoever is just about to hear of a refresh may do so. */
    void close() {
        Aftermath aftermath = new Aftermath(fleet, inBucket);
        Map<String, String> leftOut = aftermath.leftOut();
        for (int look = 0; look < 3 && !leftOut.isEmpty(); look++) {
            fleet.advance(BOUND);
            leftOut.keySet().retainAll(aftermath.leftOut().keySet());
        }
        for (Box box : fleet.boxes) {
            for (String connector : fleet.names()) {
                Optional.ofNullable(leftOut.get(box + connector))
                        .ifPresent(what -> problem(Kind.LEFT_OUT, box, connector, what));
            }
        }
    }

    private Instant now() {
        return fleet.truth.now().wall();
    }

    void problem(Kind kind, Box box, String connector, String what) {
        note(box, connector, what.toUpperCase(Locale.ROOT));
        if (figures.broken.merge(kind, 1, Integer::sum) <= EACH_TOLD) {
            List<String> lines = journal.stream()
                    .filter(line -> line.contains(" " + connector + ": ") || line.contains(" *: "))
                    .toList();
            List<String> last = lines.subList(Math.max(0, lines.size() - LINES_TOLD), lines.size());
            problems.add(story + ", " + now() + ", " + box + ", " + connector + ", " + kind + ": " + what + "\n    "
                    + String.join("\n    ", last));
        }
    }
}
