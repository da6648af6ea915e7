// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the conformance suite has found out directly and through Vigil: a row for each scenario, a column for each revision. */
final class ConformanceTable {
    private static final String HEAD = "checks passed (failed) directly | through Vigil";

    private final Map<String, Map<String, Pair>> byRevision = new TreeMap<>();

    private record Pair(Checks direct, Checks through) {
        private Stream<String> lost() {
            return direct.lostIn(through).stream();
        }

        @Override
        public String toString() {
            return direct + " | " + through;
        }
    }

    void add(String revision, Map<String, Checks> direct, Map<String, Checks> through) {
        Map<String, Pair> column = new TreeMap<>();
        for (String scenario : union(List.of(direct, through))) {
            column.put(
                    scenario,
                    new Pair(direct.getOrDefault(scenario, Checks.NONE), through.getOrDefault(scenario, Checks.NONE)));
        }
        byRevision.put(revision, column);
    }

    /** One line for each check that passes directly and is lost in Vigil. */
    List<String> lost() {
        return byRevision.entrySet().stream()
                .flatMap(column -> column.getValue().entrySet().stream()
                        .flatMap(cell -> cell.getValue()
                                .lost()
                                .map(line -> column.getKey() + ", " + cell.getKey() + ": " + line)))
                .toList();
    }

    private static Set<String> union(Collection<? extends Map<String, ?>> columns) {
        return columns.stream()
                .flatMap(column -> column.keySet().stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Override
    public String toString() {
        Stream<String> rows =
                union(byRevision.values()).stream().map(scenario -> row(scenario, column -> cell(column, scenario)));
        String head = row(HEAD, column -> column);
        String sum = row("all", this::sum);
        return Stream.concat(Stream.of(head), Stream.concat(rows, Stream.of(sum)))
                .collect(Collectors.joining());
    }

    private String row(String name, Function<String, String> cells) {
        return byRevision.keySet().stream()
                .map(revision -> String.format("%20s", cells.apply(revision)))
                .collect(Collectors.joining("", String.format("%-48s", name), "\n"));
    }

    private String cell(String revision, String scenario) {
        Pair pair = Objects.requireNonNull(byRevision.get(revision)).get(scenario);
        return pair == null ? "" : pair.toString();
    }

    private String sum(String revision) {
        Collection<Pair> pairs =
                Objects.requireNonNull(byRevision.get(revision)).values();
        return sum(pairs, Pair::direct) + " | " + sum(pairs, Pair::through);
    }

    private static String sum(Collection<Pair> pairs, Function<Pair, Checks> side) {
        int passed = pairs.stream().map(side).mapToInt(Checks::passed).sum();
        int failed = pairs.stream().map(side).mapToInt(Checks::failed).sum();
        return failed == 0 ? Integer.toString(passed) : passed + " (" + failed + ")";
    }
}
