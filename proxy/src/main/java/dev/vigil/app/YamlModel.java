// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * What a YAML text means, without places and layout, to prove that an edit changed what it should and nothing else. A
 * section without keys and a key without a value are the same.
 */
record YamlModel(Object value) {
    private static final Object NOTHING = "nothing";
    /** A config nests five deep; what goes deeper is an anchor that holds itself. */
    private static final int DEEPEST = 32;

    /** A scalar with the type that YAML sees in it. */
    private record Scalar(String tag, String text) {}

    static YamlModel of(String text) {
        return new YamlModel(YamlText.tree(text).map(root -> model(root, 0)).orElse(NOTHING));
    }

    YamlModel with(List<String> path, Object set) {
        return new YamlModel(changed(value, path, asked(set)));
    }

    YamlModel without(List<String> path) {
        return new YamlModel(changed(value, path, null));
    }

    boolean has(List<String> path) {
        return !without(path).equals(this);
    }

    void mustEqual(YamlModel expected) {
        if (!equals(expected)) {
            throw new IllegalArgumentException("the edit would change more than it should");
        }
    }

    private static Object changed(Object value, List<String> path, @Nullable Object set) {
        Map<Object, Object> changed = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            changed.putAll(map);
        }
        Object key = new Scalar(Tag.STR.getValue(), path.get(0));
        if (path.size() > 1 && (set != null || changed.containsKey(key))) {
            Object inner = changed.getOrDefault(key, NOTHING);
            changed.put(key, changed(inner, path.subList(1, path.size()), set));
        } else if (set != null) {
            changed.put(key, set);
        } else {
            changed.remove(key);
        }
        return changed.isEmpty() ? NOTHING : changed;
    }

    private static Object asked(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<Object, Object> asked = new LinkedHashMap<>();
            map.forEach((key, inner) -> asked.put(asked(key), asked(inner)));
            return asked;
        }
        if (value instanceof Collection<?> list) {
            return list.stream().map(YamlModel::asked).toList();
        }
        return new Scalar((value instanceof Integer ? Tag.INT : Tag.STR).getValue(), value.toString());
    }

    private static Object model(Node node, int depth) {
        if (depth > DEEPEST) {
            throw new IllegalArgumentException("the file nests too deep");
        }
        if (node instanceof MappingNode mapping) {
            Map<Object, Object> model = new LinkedHashMap<>();
            for (NodeTuple entry : mapping.getValue()) {
                model.put(model(entry.getKeyNode(), depth + 1), model(entry.getValueNode(), depth + 1));
            }
            return model.isEmpty() ? NOTHING : model;
        }
        if (node instanceof SequenceNode sequence) {
            return sequence.getValue().stream()
                    .map(item -> model(item, depth + 1))
                    .toList();
        }
        boolean nothing = node.getTag().equals(Tag.NULL);
        return nothing ? NOTHING : new Scalar(node.getTag().getValue(), ((ScalarNode) node).getValue());
    }
}
