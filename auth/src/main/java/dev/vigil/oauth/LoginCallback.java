// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import dev.vigil.oauth.LoginStatus.Done;
import dev.vigil.oauth.LoginStatus.Failed;
import dev.vigil.oauth.LoginStatus.Unknown;
import dev.vigil.oauth.LoginStatus.Waiting;

/**
 * What the browser shows when it comes back. Constant pages: nothing of the request or of the outcome stands in them, so
 * there is nothing to inject (CVE-2026-77272). The details are in the terminal and in the log.
 */
public final class LoginCallback {
    private LoginCallback() {}

    /** A page of our own. */
    public enum Page {
        SUCCESS(
                200,
                page("Logged in", "Vigil has saved the login. You can close this window and go back to the terminal.")),
        REFUSED(
                400,
                page("Not logged in", "The login did not work out. The terminal says why; nothing has been changed.")),
        UNKNOWN(
                400,
                page(
                        "No such login",
                        "This link belongs to no login that is waiting here. It may have been used before, or be too"
                                + " old. Begin again in the terminal.")),
        NOT_BEGUN(
                502,
                page(
                        "No login yet",
                        "The login could not be begun. Run the login command in a terminal, which says why; nothing has"
                                + " been changed."));

        private final int status;
        private final String html;

        Page(int status, String html) {
            this.status = status;
            this.html = html;
        }

        /** The HTTP status to send it with. */
        public int status() {
            return status;
        }

        public String html() {
            return html;
        }
    }

    public static Page page(LoginStatus outcome) {
        if (outcome instanceof Done) return Page.SUCCESS;
        if (outcome instanceof Failed) return Page.REFUSED;
        if (outcome instanceof Waiting) return Page.UNKNOWN; // no redirect leaves a login waiting
        if (outcome instanceof Unknown) return Page.UNKNOWN;
        throw new AssertionError(outcome);
    }

    private static String page(String title, String sentence) {
        return """
                <!doctype html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width">
                <title>Vigil: TITLE</title>
                <style>body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 20vh auto; padding: 0 1rem }</style>
                </head>
                <body>
                <h1>TITLE</h1>
                <p>SENTENCE</p>
                </body>
                </html>
                """.replace("TITLE", title).replace("SENTENCE", sentence);
    }
}
