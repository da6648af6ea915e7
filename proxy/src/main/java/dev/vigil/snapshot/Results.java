// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** What an answer means for a snapshot. Pure. */
final class Results {
    /** Statuses that say nothing of an era: the server, or the way there, has a trouble of its own. */
    private static final Set<Integer> NO_VERDICT = Set.of(401, 402, 403, 407, 408, 421, 423, 425, 429);

    private static final int INTERNAL_ERROR = -32603;
    private static final int LONGEST_ERROR = 16 * 1024;

    private Results() {}

    /** The result that a request has to have. @throws NotTaken when it has none */
    static ObjectNode of(String method, Answer answer) throws NotTaken {
        Optional<ObjectNode> result = answer.response()
                .flatMap(message -> Json.object(message, "result"))
                .filter(any -> answer.status() == 200);
        if (result.isPresent()) {
            return result.get();
        }
        Optional<Integer> code = answer.error().map(error -> error.path("code").asInt(0));
        throw new NotTaken(method + ": HTTP " + answer.status()
                + code.map(number -> ", error " + number).orElse(", no JSON-RPC result"));
    }

    /** Does the server say that it does not speak this era? */
    static Optional<Greeting.Refused> refusal(Answer answer) {
        int status = answer.status();
        Optional<ObjectNode> error = answer.error();
        boolean byStatus = status >= 400 && status < 500 && !NO_VERDICT.contains(status);
        boolean byError = status == 200
                && error.filter(known -> known.path("code").asInt(INTERNAL_ERROR) != INTERNAL_ERROR)
                        .isPresent();
        if (!byStatus && !byError) {
            return Optional.empty();
        }
        return Optional.of(
                new Greeting.Refused(status, error.map(Json::written).filter(text -> text.length() <= LONGEST_ERROR)));
    }
}
