// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What client and Vigil say to each other about a login by link: URL elicitation, as error -32042 in 2025-11-25 ("URL
 * Elicitation Required Errors") and as a result {@code input_required} in 2026-07-28 ("Multi Round-Trip Requests"), where the
 * client's next request carries its answer. Pure.
 */
final class HelpTalk {
    static final String LEGACY = "2025-11-25";
    /** Names our question among those of a result, and is its state: nothing has to be remembered for it. */
    static final String KEY = "dev.vigil/login";

    private static final int URL_ELICITATION_REQUIRED = -32042;
    private static final String CAPABILITIES = "io.modelcontextprotocol/clientCapabilities";
    /** Numbers stay as they were written. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private HelpTalk() {}

    static Optional<ObjectNode> read(String message) {
        try {
            return Optional.of(JSON.readTree(message))
                    .filter(ObjectNode.class::isInstance)
                    .map(ObjectNode.class::cast);
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    /** Does an {@code initialize} say that its client can show a link to a person? */
    static boolean declaredIn(ObjectNode initialize) {
        return isUrl(initialize.path("params").path("capabilities"));
    }

    /** The same of a request of 2026-07-28, each of which says it anew. */
    static boolean declaredWith(ObjectNode request) {
        return isUrl(request.path("params").path("_meta").path(CAPABILITIES));
    }

    private static boolean isUrl(JsonNode capabilities) {
        return capabilities.path("elicitation").path("url").isObject();
    }

    /** Does this request say that the person would not, or that nobody was there? */
    static boolean isDeclined(ObjectNode request) {
        JsonNode answer = request.path("params").path("inputResponses").path(KEY);
        return answer.isObject() && !answer.path("action").asString("").equals("accept");
    }

    /** Is it in the middle of the server's own questions? A question of ours would end these. */
    static boolean isAboutOthers(ObjectNode request) {
        JsonNode params = request.path("params");
        boolean state = params.has("requestState") && !isOurs(params.path("requestState"));
        boolean answers = params.path("inputResponses")
                .propertyStream()
                .anyMatch(one -> !one.getKey().equals(KEY));
        return state || answers;
    }

    private static boolean isOurs(JsonNode state) {
        return state.isString() && state.asString().equals(KEY);
    }

    /** Takes out what answers us; the server asked nothing of it. Empty where there is nothing. */
    static Optional<byte[]> stripped(ObjectNode request) {
        boolean changed = false;
        if (request.path("params") instanceof ObjectNode params) {
            if (isOurs(params.path("requestState"))) {
                params.remove("requestState");
                changed = true;
            }
            if (params.path("inputResponses") instanceof ObjectNode answers && answers.has(KEY)) {
                answers.remove(KEY);
                changed = true;
                if (answers.isEmpty()) {
                    params.remove("inputResponses");
                }
            }
        }
        return changed ? Optional.of(JSON.writeValueAsBytes(request)) : Optional.empty();
    }

    /** The answer to a call of 2025-11-25: it can be made again once somebody has been at {@code url}. */
    static Reply legacy(RpcMessage call, OwnAnswer own, String url) {
        ObjectNode answer = SkipReply.envelope(call.id().orElseThrow());
        ObjectNode error =
                answer.putObject("error").put("code", URL_ELICITATION_REQUIRED).put("message", SkipReply.sentence(own));
        ObjectNode data = error.putObject("data");
        question(data.putArray("elicitations").addObject(), own, url)
                .put("elicitationId", url.substring(url.lastIndexOf('/') + 1));
        data.set(SkipReply.META_KEY, SkipReply.detail(call, own));
        return Reply.json(200, JSON.writeValueAsBytes(answer));
    }

    /** The same in 2026-07-28. */
    static Reply modern(RpcMessage call, OwnAnswer own, String url) {
        ObjectNode answer = SkipReply.envelope(call.id().orElseThrow());
        ObjectNode result = answer.putObject("result").put("resultType", "input_required");
        ObjectNode asked = result.putObject("inputRequests").putObject(KEY).put("method", "elicitation/create");
        question(asked.putObject("params"), own, url);
        result.put("requestState", KEY);
        result.putObject("_meta").set(SkipReply.META_KEY, SkipReply.detail(call, own));
        return Reply.json(200, JSON.writeValueAsBytes(answer));
    }

    private static ObjectNode question(ObjectNode params, OwnAnswer own, String url) {
        return params.put("mode", "url")
                .put(
                        "message",
                        "Vigil has no login for " + own.connector()
                                + " that works. Open this page on this machine and log in,"
                                + " then let the call go on.")
                .put("url", url);
    }
}
