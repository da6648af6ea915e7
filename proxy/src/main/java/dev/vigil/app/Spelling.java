// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/** "Did you mean ...?" */
final class Spelling {

    private Spelling() {}

    /** A sentence or two that help to mend a word that is none of the known ones. */
    static String hint(String word, Collection<String> known) {
        String all = "Known here: " + String.join(", ", new TreeSet<>(known));
        return nearest(word, known)
                .map(near -> "Did you mean '" + near + "'? " + all)
                .orElse(all);
    }

    /** The known word that differs least, if it differs little: one slip in three letters, at least one. */
    static Optional<String> nearest(String word, Collection<String> known) {
        String asked = word.toLowerCase(Locale.ROOT);
        int slips = Math.max(1, word.length() / 3);
        return known.stream()
                .filter(candidate -> distance(asked, candidate.toLowerCase(Locale.ROOT)) <= slips)
                .min(Comparator.comparingInt((String candidate) -> distance(asked, candidate.toLowerCase(Locale.ROOT)))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** Edit distance where swapping two neighbours counts once (optimal string alignment). */
    static int distance(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                cost[i][j] = i == 0 || j == 0 ? i + j : cheapest(cost, a, b, i, j);
            }
        }
        return cost[a.length()][b.length()];
    }

    private static int cheapest(int[][] cost, String a, String b, int i, int j) {
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int best = Math.min(cost[i - 1][j - 1] + change, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(best, cost[i - 2][j - 2] + 1) : best;
    }
}
