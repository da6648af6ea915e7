// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

import java.util.Map;
import java.util.stream.Collectors;

/** What was taken, in a few words for people. */
final class Words {
    private Words() {}

    static String of(SnapshotTaker.Taken taken) {
        return taken.snapshots().stream().map(Words::of).collect(Collectors.joining("; "));
    }

    private static String of(Snapshot snapshot) {
        if (snapshot.isRefusal()) {
            return "not spoken: " + snapshot.revision();
        }
        String lists = snapshot.lists().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(list ->
                        list.getKey().key() + " " + Json.size(list.getValue().items()))
                .collect(Collectors.joining(", "));
        return snapshot.revision() + ": " + (lists.isEmpty() ? "no lists" : lists);
    }
}
