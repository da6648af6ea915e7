// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

import java.util.Arrays;
import java.util.Optional;

/** The lists that a server can show. */
public enum ListKind {
    TOOLS("tools/list", "tools", "tools", "name"),
    PROMPTS("prompts/list", "prompts", "prompts", "name"),
    RESOURCES("resources/list", "resources", "resources", "uri"),
    TEMPLATES("resources/templates/list", "resourceTemplates", "resources", "uriTemplate");

    private final String method;
    private final String key;
    private final String capability;
    private final String identity;

    ListKind(String method, String key, String capability, String identity) {
        this.method = method;
        this.key = key;
        this.capability = capability;
        this.identity = identity;
    }

    public String method() {
        return method;
    }

    /** Where the list stands in the result. */
    String key() {
        return key;
    }

    /** What a server declares that offers it. */
    String capability() {
        return capability;
    }

    /** The string that every item has. */
    String identity() {
        return identity;
    }

    static Optional<ListKind> of(String method) {
        return Arrays.stream(values())
                .filter(kind -> kind.method.equals(method))
                .findFirst();
    }
}
