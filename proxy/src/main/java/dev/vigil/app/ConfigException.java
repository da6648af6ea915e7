// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import java.util.List;

/** A config that cannot be used. One line per problem, all problems of the file at once, in the order of the file. */
final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    ConfigException(List<String> problems) {
        super(String.join(System.lineSeparator(), problems));
        this.problems = List.copyOf(problems);
    }

    List<String> problems() {
        return problems;
    }
}
