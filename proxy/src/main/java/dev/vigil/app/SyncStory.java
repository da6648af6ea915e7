// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.sync.MachinePage;
import dev.vigil.sync.SharedView;
import dev.vigil.sync.Sharing;
import dev.vigil.sync.ToldStep;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The story of one login over all machines: how it stands in the bucket, and what each machine told, in the order of their
 * clocks, which need not agree. No secret.
 *
 * @param machines those that share the bucket
 */
record SyncStory(String connector, Optional<SharedView> view, List<MachinePage> machines) {
    private static final JsonMapper JSON = new JsonMapper();

    /** @throws dev.vigil.sync.StoreException when the bucket will not tell */
    static SyncStory of(String connector, Sharing sharing) {
        return new SyncStory(connector, sharing.view(connector), sharing.machines());
    }

    private List<ToldStep> steps() {
        return machines.stream()
                .flatMap(page -> page.story().stream())
                .filter(told -> told.step().connector().equals(connector))
                .sorted(Comparator.comparing(ToldStep::at))
                .toList();
    }

    ObjectNode json() {
        ObjectNode told = JSON.createObjectNode().put("connector", connector);
        told.putNull("bucket");
        view.ifPresent(there -> put(told.putObject("bucket"), there));
        ArrayNode loops = told.putArray("machines");
        machines.forEach(page -> loops.addObject()
                .put("machine", page.machine().name())
                .put("heard", page.writtenAt().toString())
                .put(
                        "beat",
                        Optional.ofNullable(page.beats().get(connector))
                                .map(Instant::toString)
                                .orElse(null)));
        ArrayNode story = told.putArray("story");
        steps().forEach(step -> SyncHistory.json(
                step.step(), story.addObject().put("time", step.at().toString()).put("machine", step.machine())));
        return told;
    }

    private static void put(ObjectNode into, SharedView there) {
        into.put("epoch", there.epoch());
        into.put("generation", there.generation());
        into.put("logged_out", there.loggedOut());
        into.put("writer", there.writer());
        into.put("written_at", there.writtenAt().toString());
        into.put("expires", there.expires().map(Instant::toString).orElse(null));
        into.put("turn_of", there.turnOf().orElse(null));
        into.put("open_of", there.openOf().orElse(null));
        into.put("open_since", there.openSince().map(Instant::toString).orElse(null));
    }

    List<String> lines(Sentences sentences, Instant now) {
        List<String> lines = new ArrayList<>(standing(sentences, now));
        machines.forEach(page -> lines.add(page.machine().name() + ": last heard of "
                + sentences.moment(page.writtenAt(), now)
                + Optional.ofNullable(page.beats().get(connector))
                        .map(beat -> ", its daemon looked after this login " + sentences.moment(beat, now))
                        .orElse(", no daemon looks after this login there")));
        steps().forEach(told -> lines.add(
                sentences.moment(told.at(), now) + "  " + told.machine() + "  " + SyncLog.words(told.step())));
        return lines;
    }

    private List<String> standing(Sentences sentences, Instant now) {
        if (view.isEmpty()) {
            return List.of(connector + ": nothing stands in the bucket.");
        }
        SharedView there = view.get();
        List<String> lines = new ArrayList<>();
        lines.add(connector + ": " + (there.loggedOut() ? "a logout" : "a login") + " stands in the bucket, epoch "
                + there.epoch() + ", generation " + there.generation() + ", written by " + there.writer() + " "
                + sentences.moment(there.writtenAt(), now)
                + there.expires()
                        .map(end -> ", good until " + sentences.moment(end, now))
                        .orElse("") + ".");
        there.turnOf().ifPresent(machine -> lines.add("It is the turn of " + machine + " to refresh it."));
        there.openOf()
                .ifPresent(machine -> lines.add(machine + " began to refresh it "
                        + there.openSince().map(at -> sentences.moment(at, now)).orElse("at an unknown time")
                        + " and has not told what came of it. If it will not come back: vigil refresh --take-over "
                        + connector));
        return lines;
    }
}
