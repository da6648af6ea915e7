// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * One mapping of a config file, read key by key. Nothing here throws: what is wrong is noted with its place, and reading
 * goes on, so that one run shows every mistake. No message repeats a value that could be a secret typed into the wrong
 * place.
 */
final class ConfigSection {
    private final String path;
    private final ConfigProblems problems;
    /** Key node and value node by key, in the order of the file. */
    private final Map<String, NodeTuple> entries = new LinkedHashMap<>();

    /** @param node empty or null for a section that is not there */
    ConfigSection(String path, @Nullable Node node, ConfigProblems problems) {
        this.path = path;
        this.problems = problems;
        if (node instanceof MappingNode mapping) {
            mapping.getValue().forEach(this::enter);
        } else if (node != null && !isNull(node)) {
            problems.add(node, path, "must be settings (KEY: VALUE), not " + kind(node));
        }
    }

    private void enter(NodeTuple entry) {
        if (!(entry.getKeyNode() instanceof ScalarNode key)) {
            problems.add(entry.getKeyNode(), path, "a key must be a plain word, not " + kind(entry.getKeyNode()));
            return;
        }
        NodeTuple first = entries.putIfAbsent(key.getValue(), entry);
        if (first != null) {
            int line = first.getKeyNode()
                    .getStartMark()
                    .map(mark -> mark.getLine() + 1)
                    .orElse(1);
            problems.add(key, pathOf(key.getValue()), "stands here twice, first in line " + line + ". Remove one");
        }
    }

    /** Notes every key that is not one of these. */
    ConfigSection allow(Set<String> known) {
        entries.forEach((key, entry) -> {
            if (!known.contains(key)) {
                problems.add(entry.getKeyNode(), pathOf(key), "unknown key. " + Spelling.hint(key, known));
            }
        });
        return this;
    }

    Set<String> keys() {
        return entries.keySet();
    }

    boolean has(String key) {
        return entries.containsKey(key);
    }

    /** The section under a key; an empty one when it is absent or no section. */
    ConfigSection section(String key) {
        return new ConfigSection(pathOf(key), value(key), problems);
    }

    /** A word or number, as it stands in the file. */
    Optional<String> text(String key) {
        Node value = value(key);
        return value == null ? Optional.empty() : scalar(value, pathOf(key), "text");
    }

    /** @param parse throws {@link IllegalArgumentException} with a message for the person */
    <T> Optional<T> parsed(String key, Function<String, T> parse) {
        return text(key).flatMap(text -> {
            try {
                return Optional.of(parse.apply(text));
            } catch (IllegalArgumentException e) {
                wrong(key, String.valueOf(e.getMessage()));
                return Optional.empty();
            }
        });
    }

    /** A list of words; {@code fits} judges each, {@code wish} says what it should have been. */
    List<String> texts(String key, Predicate<String> fits, String wish) {
        Node value = value(key);
        if (value == null || isNull(value)) {
            return List.of();
        }
        if (!(value instanceof SequenceNode sequence)) {
            problems.add(value, pathOf(key), "must be a list, such as [a, b], not " + kind(value));
            return List.of();
        }
        List<String> texts = new ArrayList<>();
        for (Node item : sequence.getValue()) {
            Optional<String> text = scalar(item, pathOf(key), wish);
            if (text.isPresent() && !fits.test(text.get())) {
                problems.add(item, pathOf(key), "'" + text.get() + "' is not " + wish);
            }
            text.ifPresent(texts::add);
        }
        return texts;
    }

    /** Is there text (and not a section or a list) under this key? */
    boolean isText(String key) {
        return value(key) instanceof ScalarNode scalar && !isNull(scalar);
    }

    /** Notes a problem at the value of {@code key}, or at the key when the value is nothing. */
    void wrong(String key, String what) {
        NodeTuple entry = entries.get(key);
        if (entry != null) {
            problems.add(isNull(entry.getValueNode()) ? entry.getKeyNode() : entry.getValueNode(), pathOf(key), what);
        }
    }

    /** Notes a problem at the key itself. */
    void wrongKey(String key, String what) {
        NodeTuple entry = entries.get(key);
        if (entry != null) {
            problems.add(entry.getKeyNode(), pathOf(key), what);
        }
    }

    private Optional<String> scalar(Node node, String where, String wish) {
        if (!(node instanceof ScalarNode scalar)) {
            problems.add(node, where, "must be " + wish + ", not " + kind(node));
            return Optional.empty();
        }
        if (isNull(scalar)) {
            problems.add(node, where, "has no value. Write one, or remove the key");
            return Optional.empty();
        }
        return Optional.of(scalar.getValue());
    }

    private @Nullable Node value(String key) {
        NodeTuple entry = entries.get(key);
        return entry == null ? null : entry.getValueNode();
    }

    private String pathOf(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private static boolean isNull(Node node) {
        return node.getTag().equals(Tag.NULL);
    }

    private static String kind(Node node) {
        if (node instanceof MappingNode) return "a section";
        if (node instanceof SequenceNode) return "a list";
        return "a single value";
    }
}
