// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Builds JSON-RPC 2.0 messages. */
final class JsonRpc {
    static final JsonMapper MAPPER = JsonMapper.shared();

    private JsonRpc() {}

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static ObjectNode request(JsonNode id, String method, JsonNode params) {
        ObjectNode message = notification(method, params);
        message.set("id", id);
        return message;
    }

    static ObjectNode notification(String method, JsonNode params) {
        ObjectNode message = object().put("jsonrpc", "2.0").put("method", method);
        message.set("params", params);
        return message;
    }

    static ObjectNode result(JsonNode id, JsonNode result) {
        ObjectNode message = object().put("jsonrpc", "2.0");
        message.set("id", id);
        message.set("result", result);
        return message;
    }

    static ObjectNode error(JsonNode id, int code, String text) {
        ObjectNode message = object().put("jsonrpc", "2.0");
        message.set("id", id.isMissingNode() ? JsonNodeFactory.instance.nullNode() : id);
        message.putObject("error").put("code", code).put("message", text);
        return message;
    }
}
