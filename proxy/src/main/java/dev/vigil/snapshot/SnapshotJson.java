// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

import dev.vigil.vault.Fields;
import java.net.URI;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A snapshot as JSON, sealed by the vault. What servers wrote stands in it as text, so it comes back as it was and is not
 * taken apart to be read.
 *
 * <pre>
 * version    1
 * connector  name
 * server     endpoint, as configured when it was taken
 * account    32 hexadecimal digits, see Owner
 * revision   of MCP, a date
 * spoken     revisions that the server is known to speak
 * takenAt    ISO 8601, UTC
 * old        true where the server speaks HTTP+SSE of 2024-11-05 only; absent otherwise
 * welcome    the result of initialize or server/discover, JSON as text; null for a refusal
 * refused    {status, error: JSON as text or null}; null for a welcome
 * lists      [{method, items: a JSON array as text, cacheScope: text or null}]
 * </pre>
 */
final class SnapshotJson {
    private static final int VERSION = 1;

    private SnapshotJson() {}

    static ObjectNode write(Snapshot snapshot) {
        ObjectNode node = Fields.empty()
                .put("version", VERSION)
                .put("connector", snapshot.owner().connector())
                .put("server", snapshot.owner().server().toString())
                .put("account", snapshot.owner().account())
                .put("revision", snapshot.revision());
        snapshot.spoken().stream().sorted().forEach(node.putArray("spoken")::add);
        node.put("takenAt", snapshot.takenAt().toString());
        if (snapshot.greeting() instanceof Greeting.Welcome welcome) {
            node.put("welcome", welcome.result()).putNull("refused");
            if (welcome.old()) {
                node.put("old", true);
            }
        } else if (snapshot.greeting() instanceof Greeting.Refused refused) {
            node.putNull("welcome");
            node.putObject("refused")
                    .put("status", refused.status())
                    .put("error", refused.error().orElse(null));
        }
        ArrayNode lists = node.putArray("lists");
        snapshot.lists()
                .forEach((kind, list) -> lists.addObject()
                        .put("method", kind.method())
                        .put("items", list.items())
                        .put("cacheScope", list.cacheScope().orElse(null)));
        return node;
    }

    /** @throws IllegalArgumentException saying which field is wrong */
    static Snapshot read(ObjectNode node) {
        Fields fields = new Fields(node);
        Owner owner = new Owner(fields.text("connector"), URI.create(fields.text("server")), fields.text("account"));
        Set<String> spoken = new LinkedHashSet<>(fields.texts("spoken"));
        return new Snapshot(
                owner, fields.text("revision"), spoken, fields.instant("takenAt"), greeting(fields), lists(fields));
    }

    private static Greeting greeting(Fields fields) {
        Optional<Greeting> refused = fields.maybeObject(
                "refused", known -> new Greeting.Refused((int) known.number("status"), known.maybeText("error")));
        return refused.orElseGet(() -> new Greeting.Welcome(
                fields.text("welcome"), fields.node().path("old").asBoolean(false)));
    }

    /** A list that this Vigil does not know is left out. */
    private static Map<ListKind, Listing> lists(Fields fields) {
        Map<ListKind, Listing> lists = new EnumMap<>(ListKind.class);
        for (Fields list : fields.objects("lists")) {
            ListKind.of(list.text("method"))
                    .ifPresent(kind -> lists.put(kind, new Listing(list.text("items"), list.maybeText("cacheScope"))));
        }
        return lists;
    }
}
