// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

/**
 * What a server tells the model to begin with, and what we add: one constant sentence that says what an answer of ours means,
 * and never how things stand, since instructions do not change within a session. Pure.
 */
public final class Instructions {
    /** Clients cut at about 4,090 characters, which must not hit our sentence. */
    private static final int LONGEST = 4_000;

    private static final String CUT = " [...]";

    private Instructions() {}

    /** @param own the server's; may be empty */
    public static String with(String own, String connector) {
        String ours = "If a tool of this server answers authorization expired for " + connector
                + ": skipped, that part of the task is skipped. Go on with the rest and list that line in the final report.";
        if (own.contains(ours)) {
            return own;
        }
        int room = LONGEST - ours.length() - 2;
        String kept = own.length() <= room ? own : own.substring(0, end(own, room - CUT.length())) + CUT;
        return kept.isBlank() ? ours : kept + "\n\n" + ours;
    }

    /** Not between the two halves of a character. */
    private static int end(String text, int wanted) {
        return Character.isHighSurrogate(text.charAt(wanted - 1)) ? wanted - 1 : wanted;
    }
}
