// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

import tools.jackson.databind.node.ObjectNode;

/** Asks in the way of one era. */
@FunctionalInterface
interface Speaker {
    Answer ask(String method, ObjectNode params) throws NotTaken;
}
