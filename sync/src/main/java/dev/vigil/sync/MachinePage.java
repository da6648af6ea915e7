// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.vault.Fields;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What one machine tells the others of itself: {@code machines/HASH}, sealed, JSON:
 *
 * <pre>
 * version    1
 * id, name   of the machine
 * writtenAt  by its clock
 * beats      {connector: when its main loop last completed a cycle}
 * story      the last {@value #LONGEST_STORY} steps, oldest first: at, connector, what, epoch, generation, other, why
 * </pre>
 *
 * It decides nothing: who holds what stands in the grants, whose turn it is in the leases.
 */
public record MachinePage(Machine machine, Instant writtenAt, Map<String, Instant> beats, List<ToldStep> story) {
    static final int LONGEST_STORY = 200;
    private static final int VERSION = 1;

    /** Two cycles of a main loop, and a refresh. */
    private static final Duration MISSED_AFTER = Duration.ofSeconds(90);
    /** A page is written every five minutes at least, by a clock that need not agree with ours. */
    private static final Duration SILENT_AFTER = Duration.ofMinutes(7);

    /** Was its main loop at work on this login when it last told, not long ago? */
    boolean isTending(String connector, Instant now) {
        return Optional.ofNullable(beats.get(connector))
                .filter(beat -> Duration.between(beat, writtenAt).compareTo(MISSED_AFTER) <= 0)
                .filter(beat -> Duration.between(writtenAt, now).abs().compareTo(SILENT_AFTER) <= 0)
                .isPresent();
    }

    /** The same page later, with what has happened meanwhile. */
    MachinePage with(Instant now, Map<String, Instant> newBeats, List<ToldStep> more) {
        Map<String, Instant> merged = new TreeMap<>(beats);
        merged.putAll(newBeats);
        List<ToldStep> all = new ArrayList<>(story);
        all.addAll(more);
        return new MachinePage(
                machine, now, merged, List.copyOf(all.subList(Math.max(0, all.size() - LONGEST_STORY), all.size())));
    }

    byte[] json() {
        ObjectNode node = machine.into(Fields.empty().put("version", VERSION));
        node.put("writtenAt", writtenAt.toString());
        ObjectNode beating = node.putObject("beats");
        beats.forEach((connector, at) -> beating.put(connector, at.toString()));
        ArrayNode told = node.putArray("story");
        story.forEach(step -> step.into(told.addObject()));
        return Fields.bytes(node);
    }

    /** @throws IllegalArgumentException naming the field that is wrong, or the version that is too new */
    static MachinePage read(byte[] json) {
        Fields fields = Fields.parse(json);
        SharedState.checkVersion(fields, VERSION);
        Machine machine = Machine.read(fields);
        Fields beating = fields.object("beats");
        Map<String, Instant> beats = new TreeMap<>();
        beating.node().propertyNames().forEach(connector -> beats.put(connector, beating.instant(connector)));
        List<ToldStep> story = fields.objects("story").stream()
                .flatMap(step -> told(step, machine.name()).stream())
                .toList();
        return new MachinePage(machine, fields.instant("writtenAt"), beats, story);
    }

    /** A step that only a newer Vigil knows is left out. */
    private static Optional<ToldStep> told(Fields step, String machine) {
        try {
            return Optional.of(ToldStep.read(step, machine));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
