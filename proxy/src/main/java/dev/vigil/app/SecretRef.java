// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import java.nio.file.Path;
import java.util.List;

/**
 * Where a secret is to be found: {@code {env: NAME}}, {@code {file: PATH}} or {@code {exec: [COMMAND, ARGUMENT, ...]}} in
 * {@code vigil.yaml}. Followed by {@link SecretReader}, at the moment the secret is needed.
 */
sealed interface SecretRef {

    record FromEnvironment(String variable) implements SecretRef {}

    /** @param file absolute */
    record FromFile(Path file) implements SecretRef {}

    /** The first line that a command prints. No shell is involved. */
    record FromCommand(List<String> command) implements SecretRef {
        public FromCommand {
            command = List.copyOf(command);
        }
    }
}
