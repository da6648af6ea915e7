// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A table for people, which can be kept in a document. Rows and columns stand in the order in which they came. */
final class MarkdownTable {
    private final String corner;
    private final List<String> columns = new ArrayList<>();
    private final Map<String, Map<String, String>> rows = new LinkedHashMap<>();

    /** @param corner what the rows are */
    MarkdownTable(String corner) {
        this.corner = corner;
    }

    void put(String row, String column, String cell) {
        if (!columns.contains(column)) {
            columns.add(column);
        }
        rows.computeIfAbsent(row, name -> new LinkedHashMap<>()).put(column, cell);
    }

    /** By row. */
    Map<String, String> column(String name) {
        return rows.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        row -> row.getValue().getOrDefault(name, ""),
                        (one, other) -> one,
                        LinkedHashMap::new));
    }

    /** The rows in some cell of which these words do not stand. */
    List<String> rowsWithout(String words) {
        return rows.entrySet().stream()
                .filter(row -> !row.getValue().values().stream().allMatch(cell -> cell.contains(words)))
                .map(Map.Entry::getKey)
                .toList();
    }

    @Override
    public String toString() {
        Stream<String> head = Stream.of(
                line(corner, columns.stream()), line("---", columns.stream().map(column -> "---")));
        Stream<String> body = rows.entrySet().stream()
                .map(row -> line(
                        row.getKey(),
                        columns.stream().map(column -> row.getValue().getOrDefault(column, ""))));
        return Stream.concat(head, body).collect(Collectors.joining("\n"));
    }

    private static String line(String first, Stream<String> cells) {
        return Stream.concat(Stream.of(first), cells)
                .map(cell -> cell.replaceAll("\\s*\\R\\s*", " ").replace("|", "\\|"))
                .collect(Collectors.joining(" | ", "| ", " |"));
    }
}
