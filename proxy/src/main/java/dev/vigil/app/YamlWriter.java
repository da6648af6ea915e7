// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import tools.jackson.databind.json.JsonMapper;

/** Writes the values of {@link YamlSplice} as a person would: plain words where they can be plain, one line for a connector. */
final class YamlWriter {
    static final String STEP = "  ";
    private static final JsonMapper JSON = new JsonMapper();

    private YamlWriter() {}

    /**
     * Lines for a path: each section on a line of its own, the value behind the last key.
     *
     * @param asBlock write a value that is a section line by line, too
     */
    static List<String> lines(List<String> path, Object value, String indent, boolean asBlock) {
        String key = scalar(path.get(0));
        if (path.size() == 1 && !(asBlock && value instanceof Map)) {
            return List.of(indent + key + ": " + flow(value));
        }
        List<String> lines = new ArrayList<>(List.of(indent + key + ":"));
        if (path.size() > 1) {
            lines.addAll(lines(path.subList(1, path.size()), value, indent + STEP, asBlock));
        } else {
            ((Map<?, ?>) value)
                    .forEach((name, inner) -> lines.add(indent + STEP + entry(List.of(name.toString()), inner)));
        }
        return lines;
    }

    /** {@code KEY: VALUE} on one line. */
    static String entry(List<String> path, Object value) {
        return scalar(path.get(0)) + ": " + flow(nested(path.subList(1, path.size()), value));
    }

    static Object nested(List<String> path, Object value) {
        Object nested = value;
        for (int depth = path.size() - 1; depth >= 0; depth--) {
            nested = Map.of(path.get(depth), nested);
        }
        return nested;
    }

    static String flow(Object value) {
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(entry -> scalar(entry.getKey().toString()) + ": " + flow(entry.getValue()))
                    .collect(Collectors.joining(", ", "{ ", " }"));
        }
        if (value instanceof Collection<?> list) {
            return list.stream().map(YamlWriter::flow).collect(Collectors.joining(", ", "[", "]"));
        }
        return value instanceof Integer ? value.toString() : scalar(value.toString());
    }

    /** Plain if it reads back as the same text within braces, else in double quotes, which YAML shares with JSON. */
    private static String scalar(String value) {
        return readsBack(value) ? value : JSON.writeValueAsString(value);
    }

    private static boolean readsBack(String value) {
        try {
            Node whole = YamlText.tree("{ " + value + ": " + value + " }").orElseThrow();
            return whole instanceof MappingNode mapping
                    && mapping.getValue().size() == 1
                    && isText(mapping.getValue().get(0).getKeyNode(), value)
                    && isText(mapping.getValue().get(0).getValueNode(), value);
        } catch (YamlEngineException e) {
            return false;
        }
    }

    private static boolean isText(Node node, String value) {
        return node instanceof ScalarNode scalar
                && scalar.isPlain()
                && scalar.getTag().equals(Tag.STR)
                && scalar.getValue().equals(value);
    }
}
