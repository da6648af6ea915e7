// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;

/** Gathers what is wrong with a config file, each with its place: {@code FILE:LINE:COLUMN: KEY: what and how to mend}. */
final class ConfigProblems {
    private record Problem(int line, int column, String text) {}

    private final String file;
    private final List<Problem> found = new ArrayList<>();

    ConfigProblems(String file) {
        this.file = file;
    }

    void add(Node where, String key, String what) {
        add(where.getStartMark(), key, what);
    }

    void add(Optional<Mark> where, String key, String what) {
        int line = where.map(mark -> mark.getLine() + 1).orElse(1);
        int column = where.map(mark -> mark.getColumn() + 1).orElse(1);
        String place = file + ":" + line + ":" + column + ": ";
        found.add(new Problem(line, column, place + (key.isEmpty() ? "" : key + ": ") + what));
    }

    /** To find out whether reading a part has added any. */
    int count() {
        return found.size();
    }

    void throwIfAny() {
        if (!found.isEmpty()) {
            throw new ConfigException(found.stream()
                    .sorted(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column))
                    .map(Problem::text)
                    .toList());
        }
    }
}
