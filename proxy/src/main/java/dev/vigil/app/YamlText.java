// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** YAML 1.2 with the core schema, as a tree of nodes that know their place in the text. */
final class YamlText {

    private YamlText() {}

    /**
     * The root of the one document in a text; empty when it holds nothing but blanks and comments.
     *
     * @throws org.snakeyaml.engine.v2.exceptions.YamlEngineException when it is not YAML
     */
    static Optional<Node> tree(String text) {
        LoadSettings settings = LoadSettings.builder()
                .setSchema(new CoreSchema())
                .setAllowNonScalarKeys(true)
                .build();
        return new Compose(settings).composeString(text);
    }
}
