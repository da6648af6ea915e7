// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.Connector;

/** What a person is told to type. No semicolon, quote or angle bracket: some clients cut there. */
record HelpWords(Connector connector) {

    String login() {
        return "vigil login " + connector.name();
    }

    String setKey() {
        return "vigil add " + connector.name() + " " + connector.url() + " --header "
                + connector.header().orElse("NAME");
    }

    String personMustRun(String command) {
        return "A person must run: " + command + ". Until then every call to " + connector.name()
                + " gives this answer. Other servers are unaffected.";
    }
}
