// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import java.util.LinkedHashSet;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The streams that stay open for what the server has to say by itself. Touched on the server's event loop only. */
final class OpenStreams {
    private final Set<OpenStream> streams = new LinkedHashSet<>();

    void opened(McpAnswer.Standing standing, AnswerWriter writer) {
        streams.add(new OpenStream(standing, writer));
    }

    void closed(AnswerWriter writer) {
        streams.removeIf(stream -> stream.writer() == writer);
    }

    void toolsChanged() {
        for (OpenStream stream : streams) {
            JsonNode subscription = stream.standing().subscription();
            ObjectNode params = JsonRpc.object();
            if (!subscription.isMissingNode()) {
                params.putObject("_meta").set(ModernEra.SUBSCRIPTION_KEY, subscription);
            }
            if (stream.standing().hearsOfTools()) {
                stream.writer().event(JsonRpc.notification("notifications/tools/list_changed", params));
            }
        }
    }

    void end(String session) {
        for (OpenStream stream : Set.copyOf(streams)) {
            if (stream.standing().session().equals(session)) {
                streams.remove(stream);
                stream.writer().endStream();
            }
        }
    }

    private record OpenStream(McpAnswer.Standing standing, AnswerWriter writer) {}
}
