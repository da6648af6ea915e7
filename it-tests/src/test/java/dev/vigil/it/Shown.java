// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import tools.jackson.databind.JsonNode;

/** What a client has shown, in a word where that is possible, else in its own words. */
final class Shown {
    static final String ANSWERED = "answered";
    static final String EXPIRED = "skip `authorization_expired`";
    static final String NOT_LOGGED_IN = "skip `not_logged_in`";

    private Shown() {}

    /** Of a call of {@link ClientProgram#echo}, or of anything that failed. */
    static String verdict(JsonNode shown) {
        if (shown.has("error")) {
            return quoted(shown.path("error").asString());
        }
        String text = shown.path("text").asString();
        if (!shown.path("isError").asBoolean()) {
            return text.equals("Echo: hello") ? ANSWERED : quoted(text);
        }
        String kind = shown.path("skip").path("kind").asString("");
        String exit = shown.path("exit").asInt(0) == 0
                ? ""
                : ", exit code " + shown.path("exit").asInt();
        return (text.contains(": skipped. ") && !kind.isEmpty() ? "skip `" + kind + '`' : quoted(text)) + exit;
    }

    /** The names of the tools; those of the servers here, in short. */
    static String tools(JsonNode shown) {
        if (shown.has("error")) {
            return verdict(shown);
        }
        String names = String.join(
                ", ", shown.path("tools").valueStream().map(JsonNode::asString).toList());
        return names.startsWith("echo, ") ? "the server's" : '`' + names + '`';
    }

    /** Ports are others each time, and a cell of a table has one line. */
    private static String quoted(String words) {
        return '`' + words.replaceAll("127\\.0\\.0\\.1:\\d+", "127.0.0.1:7470").replaceAll("\\s+", " ") + '`';
    }
}
