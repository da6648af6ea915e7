// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.net.URI;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Logging in as a person at a terminal without a browser does: the command prints a URL, and the person opens it. */
final class Logins {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern PAGE = Pattern.compile("https?://\\S*code_challenge=\\S*");

    private Logins() {}

    /** @return what the command said at its end */
    static Product.Ended login(Product product, String connector) {
        try (Child command = product.start("login", connector, "--no-browser")) {
            String line = command.awaitLine(said -> PAGE.matcher(said).find(), LIMIT);
            Matcher page = PAGE.matcher(line);
            URI url = URI.create(page.find() ? page.group() : "");
            String redirectUri = HandLogin.query(url).getOrDefault("redirect_uri", "no redirect_uri in " + url);
            new Person("ada").agreeAndReturn(url, redirectUri);
            int exit = command.awaitExit(LIMIT);
            if (exit != 0) {
                throw new AssertionError("vigil login ended with " + exit + ". " + command.story());
            }
            return new Product.Ended(exit, command.output(), command.errors());
        }
    }
}
