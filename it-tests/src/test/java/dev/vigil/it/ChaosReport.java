// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import dev.vigil.auth.Now;
import dev.vigil.demo.DemoAuthServer;
import dev.vigil.it.Calls.Call;
import dev.vigil.it.Calls.End;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * What happened in one field of the matrix.
 *
 * @param felt how often the fault was, by its sign
 * @param redeemed generations of the refresh token that were redeemed
 * @param twice how often a refresh token was redeemed that had been redeemed before, by the authorization server's count
 * @param avoidable demands for a login, in the daemon's log or in answers to callers, which were avoidable: all of them where
 *     the fault mends by itself; elsewhere those from before the authorization server's final no
 * @param honest a lost answer was reported before a login was demanded; true where none was lost
 * @param healing from the end of the fault to a call and a refresh that succeeded; empty when they did not come
 * @param afterKill a call to a new daemon, where the disk had been full
 * @param requests to the bucket; empty where there is none
 * @param story of the daemon, for people
 */
record ChaosReport(
        ChaosCell cell,
        long felt,
        List<Call> calls,
        long redeemed,
        long twice,
        long avoidable,
        boolean honest,
        Optional<Duration> healing,
        Optional<Call> afterKill,
        Optional<Long> requests,
        ChaosSharing sharing,
        String story) {
    private static final int LONGEST_STORY = 60;
    private static final String ROW = "%-61s %6s %6s %8s %6s %5s %9s %9s %6s %6s %9s %8s %6s  %s%n";
    private static final String HEAD = String.format(
            ROW,
            "cell",
            "calls",
            "ok",
            "skipped",
            "login",
            "hung",
            "avoidable",
            "redeemed",
            "twice",
            "healed",
            "slowest",
            "requests",
            "failed",
            "felt");

    static ChaosReport of(ChaosCell cell, ChaosWorld world, long felt, Optional<Duration> healing) {
        List<JsonNode> demands = world.demands();
        List<Call> calls = world.calls.ended();
        List<DemoAuthServer.Redemption> redemptions = world.auth().counts().redemptions().stream()
                .filter(one -> one.times() > 0)
                .toList();
        long twice = redemptions.stream().mapToLong(one -> one.times() - 1).sum();
        long avoidable = avoidable(cell, world, demands, calls);
        boolean honest = !cell.fault().losesAnAnswer() || isReportedFirst(world.said("answer_lost"), demands);
        String story = story(world, calls);
        ChaosSharing sharing = world.sharing();
        Optional<Call> afterKill = cell.fault().fillsTheDisk() ? Optional.of(world.callAfterKill()) : Optional.empty();
        return new ChaosReport(
                cell,
                felt,
                calls,
                redemptions.size(),
                twice,
                avoidable,
                honest,
                healing,
                afterKill,
                world.requests(),
                sharing,
                story);
    }

    private static long avoidable(ChaosCell cell, ChaosWorld world, List<JsonNode> demands, List<Call> calls) {
        Optional<Now> finalNo = cell.fault().needsAPerson() ? world.hearing.finalNo() : Optional.empty();
        return demands.stream()
                        .filter(line -> finalNo.isEmpty()
                                || time(line).isBefore(finalNo.get().wall()))
                        .count()
                + calls.stream()
                        .filter(call -> call.end() == End.LOGIN_WANTED)
                        .filter(call -> finalNo.isEmpty()
                                || call.isEndedBefore(finalNo.get().monotonic()))
                        .count();
    }

    private static boolean isReportedFirst(List<JsonNode> reports, List<JsonNode> demands) {
        return !reports.isEmpty()
                && demands.stream().noneMatch(demand -> time(demand).isBefore(time(reports.get(0))));
    }

    static Instant time(JsonNode line) {
        return Instant.parse(line.path("time").asString());
    }

    private static String story(ChaosWorld world, List<Call> calls) {
        Stream<String> bad = calls.stream()
                .filter(call -> call.end() == End.BROKEN || call.end() == End.HUNG || call.end() == End.LOGIN_WANTED)
                .map(call -> call.end() + " after " + call.took().toMillis() + " ms: " + call.detail())
                .distinct()
                .limit(LONGEST_STORY / 4);
        List<String> told = Stream.of(
                        "authorization",
                        "refresh",
                        "answer_lost",
                        "login_due",
                        "save_failed",
                        "saved",
                        "unreadable",
                        "shared",
                        "sync")
                .flatMap(event -> world.said(event).stream())
                .map(JsonNode::toString)
                .sorted() // each begins with version and time
                .toList();
        return Stream.concat(bad, told.stream().skip(Math.max(0, told.size() - LONGEST_STORY)))
                .collect(Collectors.joining("\n"));
    }

    long count(End end) {
        return calls.stream().filter(call -> call.end() == end).count();
    }

    /** What the proxy answered itself, and may try again by itself. */
    List<String> skips() {
        return calls.stream()
                .filter(call -> call.end() == End.SKIPPED)
                .map(Call::detail)
                .distinct()
                .toList();
    }

    Duration slowest() {
        return calls.stream().map(Call::took).max(Duration::compareTo).orElse(Duration.ZERO);
    }

    static String table(List<ChaosReport> reports) {
        return reports.stream().map(ChaosReport::row).collect(Collectors.joining("", HEAD, ""));
    }

    private String row() {
        return String.format(
                ROW,
                cell,
                calls.size(),
                count(End.OK),
                count(End.SKIPPED),
                count(End.LOGIN_WANTED),
                count(End.HUNG),
                avoidable,
                redeemed,
                twice,
                healing.map(took -> took.toSeconds() + " s").orElse("never"),
                slowest().toMillis() + " ms",
                requests.map(String::valueOf).orElse("-"),
                sharing.failedRounds().size(),
                felt + " " + cell.fault().sign.words);
    }
}
