// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * One line of the log on its way to JSON. Fields keep their order, and one that is not known is null, so that each kind of
 * line always has the same fields. Whatever came from outside is cut, and cannot break the line or drive a terminal.
 */
final class LogLine {
    private static final int VERSION = 1;
    private static final int LONGEST_FIELD = 500;
    private static final JsonMapper JSON = new JsonMapper();

    private final ObjectNode fields = JSON.createObjectNode();

    LogLine(Instant time, String event) {
        fields.put("v", VERSION);
        fields.put("time", time.truncatedTo(ChronoUnit.MILLIS).toString());
        fields.put("event", event);
    }

    LogLine with(String name, String value) {
        fields.put(name, shown(value, LONGEST_FIELD));
        return this;
    }

    LogLine with(String name, long value) {
        fields.put(name, value);
        return this;
    }

    LogLine with(String name, Optional<String> value) {
        fields.put(name, value.map(text -> shown(text, LONGEST_FIELD)).orElse(null));
        return this;
    }

    LogLine withTime(String name, Optional<Instant> value) {
        fields.put(
                name,
                value.map(time -> time.truncatedTo(ChronoUnit.SECONDS).toString())
                        .orElse(null));
        return this;
    }

    /** Whole seconds, rounded down; negative for what is past. */
    LogLine withSeconds(String name, Optional<Duration> value) {
        fields.put(name, value.map(Duration::toSeconds).orElse(null));
        return this;
    }

    @Override
    public String toString() {
        return JSON.writeValueAsString(fields);
    }

    /**
     * Text from outside, fit to be shown: cut, and control and formatting characters (terminal commands,
     * line breaks, changes of writing direction) as their code.
     */
    static String shown(String text, int longest) {
        StringBuilder shown = new StringBuilder();
        text.codePoints().limit(longest).forEach(c -> {
            if (isInvisible(c)) {
                shown.append(String.format("\\u%04x", c));
            } else {
                shown.appendCodePoint(c);
            }
        });
        return text.codePointCount(0, text.length()) > longest ? shown + "..." : shown.toString();
    }

    private static boolean isInvisible(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> true;
            default -> false;
        };
    }
}
