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

    String takeOver() {
        return "vigil refresh --take-over " + connector.name();
    }

    String goesOnTrying() {
        return "Vigil goes on trying, so the same call may succeed later. Nobody needs to log in.";
    }

    /** Nothing is sent here before that machine has told, or a person has decided that it never will. */
    String machineIsGone() {
        return "Another machine began to renew it and has not told what came of it. Vigil waits for that machine."
                + " If it will not come back, a person must run: " + takeOver() + ".";
    }

    String personMustRun(String command) {
        return "A person must run: " + command + ". Until then every call to " + connector.name()
                + " gives this answer. Other servers are unaffected.";
    }
}
