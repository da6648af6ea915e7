// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;

/**
 * Sets or removes one key of a YAML text by cutting and pasting, so that every other byte stays: comments, blank lines,
 * order, quotes, line ends. Writing the file anew from its values would lose all of those.
 *
 * <p>Values are {@link String}, {@code List<String>} or {@code Map<String, ?>} of these. Each call reads its result again
 * and compares it, value by value, with what was asked for; where they differ nothing is returned.
 */
final class YamlSplice {
    private final YamlPlaces text;
    private final Optional<Node> root;

    private YamlSplice(String text) {
        this.text = new YamlPlaces(text);
        this.root = YamlText.tree(text);
    }

    /**
     * The text with {@code path} set, sections on the way added where they are missing.
     *
     * @throws IllegalArgumentException when the text is of a form that cannot be edited safely
     */
    static String set(String text, List<String> path, Object value) {
        YamlModel wanted = YamlModel.of(text).with(path, value);
        if (wanted.equals(YamlModel.of(text))) {
            return text;
        }
        String edited = new YamlSplice(text).setting(path, value);
        YamlModel.of(edited).mustEqual(wanted);
        return edited;
    }

    /** The text without {@code path}; the same text when it is not there. Throws like {@link #set}. */
    static String remove(String text, List<String> path) {
        String edited = new YamlSplice(text).removing(path);
        YamlModel.of(edited).mustEqual(YamlModel.of(text).without(path));
        return edited;
    }

    private String setting(List<String> path, Object value) {
        if (root.isEmpty() || YamlPlaces.isNothing(root.get())) {
            return text.appended(YamlWriter.lines(path, value, "", false));
        }
        MappingNode at = section(root.get());
        for (int depth = 0; depth < path.size() - 1; depth++) {
            Optional<NodeTuple> entry = find(at, path.get(depth));
            List<String> rest = path.subList(depth + 1, path.size());
            if (entry.isEmpty()) {
                return inserted(at, path.subList(depth, path.size()), value);
            }
            if (isEmptySection(entry.get().getValueNode())) {
                return filled(at, entry.get(), rest, value);
            }
            at = section(entry.get().getValueNode());
        }
        List<String> key = path.subList(path.size() - 1, path.size());
        Optional<NodeTuple> entry = find(at, key.get(0));
        return entry.isPresent() ? replaced(entry.get(), value) : inserted(at, key, value);
    }

    /** A new last key of a section, laid out like the key before it. */
    private String inserted(MappingNode at, List<String> path, Object value) {
        if (at.getValue().isEmpty()) {
            int brace = text.end(at) - 1;
            return text.replaced(brace, brace, " " + YamlWriter.entry(path, value) + " ");
        }
        NodeTuple last = at.getValue().get(at.getValue().size() - 1);
        int end = text.end(last.getValueNode());
        if (at.getFlowStyle() == FlowStyle.BLOCK) {
            String indent = text.indent(last.getKeyNode());
            boolean asBlock = path.size() == 1 && isBlock(last.getValueNode());
            return text.insertedAfterLine(end, YamlWriter.lines(path, value, indent, asBlock));
        }
        String entry = YamlWriter.entry(path, value);
        if (!text.hasOwnLine(last)) {
            return text.replaced(end, end, ", " + entry);
        }
        // The line first, the comma second: the other way round the first would move the place of the second.
        String withLine = text.insertedAfterLine(end, List.of(text.indent(last.getKeyNode()) + entry));
        return text.isCommaAfter(end) ? withLine : new YamlPlaces(withLine).replaced(end, end, ",");
    }

    /** The first key of a section that stands there empty: {@code connectors:}, {@code connectors: {}}. */
    private String filled(MappingNode parent, NodeTuple entry, List<String> path, Object value) {
        Node empty = entry.getValueNode();
        if (parent.getFlowStyle() == FlowStyle.FLOW) {
            String section = YamlWriter.flow(YamlWriter.nested(path, value));
            String gap = text.start(empty) == text.afterColon(entry) ? " " : "";
            return text.replaced(text.start(empty), text.end(empty), gap + section);
        }
        int colon = text.afterColon(entry);
        String indent = text.indent(entry.getKeyNode()) + YamlWriter.STEP;
        YamlPlaces emptied = new YamlPlaces(text.replaced(colon, text.end(empty), ""));
        return emptied.insertedAfterLine(colon, YamlWriter.lines(path, value, indent, false));
    }

    private String replaced(NodeTuple entry, Object value) {
        Node old = entry.getValueNode();
        if (YamlPlaces.isNothing(old) || isBlock(old)) {
            return text.replaced(text.afterColon(entry), text.end(old), " " + YamlWriter.flow(value));
        }
        return text.replaced(text.start(old), text.end(old), YamlWriter.flow(value));
    }

    private String removing(List<String> path) {
        Node node = root.orElse(null);
        for (String key : path.subList(0, path.size() - 1)) {
            node = node instanceof MappingNode mapping
                    ? find(mapping, key).map(NodeTuple::getValueNode).orElse(null)
                    : null;
        }
        return removed(node, path.get(path.size() - 1));
    }

    private String removed(@Nullable Node from, String key) {
        Optional<NodeTuple> entry = from instanceof MappingNode section ? find(section, key) : Optional.empty();
        if (entry.isEmpty() || !(from instanceof MappingNode section)) {
            return text.toString();
        }
        int start = text.start(entry.get().getKeyNode());
        int end = text.end(entry.get().getValueNode());
        if (section.getFlowStyle() == FlowStyle.BLOCK) {
            text.indent(entry.get().getKeyNode()); // refuses a key that shares its line
            return text.withoutLines(start, end);
        }
        if (text.hasOwnLine(entry.get())) {
            return text.withoutLines(start, end);
        }
        if (text.isCommaAfter(end)) {
            return text.replaced(start, text.afterComma(end), "");
        }
        int index = section.getValue().indexOf(entry.get());
        int from0 =
                index == 0 ? start : text.end(section.getValue().get(index - 1).getValueNode());
        return text.replaced(from0, end, "");
    }

    private static Optional<NodeTuple> find(MappingNode section, String key) {
        return section.getValue().stream()
                .filter(entry -> YamlPlaces.isKey(entry, key))
                .findFirst();
    }

    private static MappingNode section(Node node) {
        if (node instanceof MappingNode mapping) {
            return mapping;
        }
        throw new IllegalArgumentException("the settings would stand under something that holds none");
    }

    /** Only what can be taken away whole: a comment or an anchor may stand at an empty section, too. */
    private boolean isEmptySection(Node node) {
        return YamlPlaces.isNothing(node) || text.isEmptyBraces(node);
    }

    private static boolean isBlock(Node node) {
        return YamlPlaces.isBlock(node);
    }
}
