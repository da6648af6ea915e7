// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.oauth.LoginReport;
import java.util.ArrayList;
import java.util.List;

/** What a login brought, for the person: what was granted, when a person is next needed, what to type next. Pure. */
final class LoginWords {
    private LoginWords() {}

    /** @param daemonRuns does anybody renew the token from now on? */
    static List<String> of(LoginReport report, boolean daemonRuns) {
        List<String> lines = new ArrayList<>();
        String account = report.account().map(name -> " as " + name).orElse("");
        lines.add(report.connector() + ": logged in" + account + " at " + report.issuer() + ".");
        lines.add("Granted: "
                + (report.scopes().isEmpty() ? "what the server gives by itself" : String.join(" ", report.scopes()))
                + ".");
        lines.add(nextNeeded(report));
        lines.add("Next: " + next(daemonRuns));
        return lines;
    }

    /** When a person is next needed. */
    static String nextNeeded(LoginReport report) {
        String life = report.accessLifetime().map(DurationText::show).orElse("");
        if (!report.hasRefreshToken()) {
            return life.isEmpty()
                    ? "The server gave no refresh token and told no lifetime: a person is needed when it refuses the token."
                    : "The server gave no refresh token: a person is needed again in " + life + ".";
        }
        String token = report.accessLifetime().isPresent()
                ? "The token lasts " + life + " and is renewed by itself"
                : "The server told no lifetime; the token is renewed when it is refused";
        return token + "; nobody is needed until the server ends the login.";
    }

    private static String next(boolean daemonRuns) {
        return daemonRuns
                ? "vigil connect claude-code (once per client), or use it right away where that is done."
                : "vigil run --background, which renews the token from now on; then vigil connect claude-code.";
    }
}
