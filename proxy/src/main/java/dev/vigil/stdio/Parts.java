// SPDX-License-Identifier: Apache-2.0
package dev.vigil.stdio;

import java.util.function.Consumer;

/**
 * What all calls of a bridge share.
 *
 * @param notes hears what a person should know, in whole lines; any thread
 */
record Parts(
        Wire wire, LineWriter writer, Session session, ToolHeaders tools, Dialect dialect, Consumer<String> notes) {
    static Parts of(Wire wire, LineWriter writer, Consumer<String> notes) {
        Session session = new Session();
        ToolHeaders tools = new ToolHeaders();
        return new Parts(wire, writer, session, tools, new Dialect(session, tools), notes);
    }
}
