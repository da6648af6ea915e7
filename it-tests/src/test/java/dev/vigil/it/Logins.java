// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.net.URI;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Logging in as a person at a terminal without a browser does: the command prints a URL, and the person opens it. */
final class Logins {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern PAGE = Pattern.compile("https?://\\S*code_challenge=\\S*");

    private Logins() {}

    /** By way of the daemon's own routes, as its page would, with the owner's key. */
    static void overApi(Product product, Product.Daemon daemon, String connector) {
        String key = ownerKey(product);
        JsonNode begun =
                Web.good(Web.send(Mcp.posting(daemon.url() + "/api/logins", "{\"connector\":\"" + connector + "\"}")
                        .header("Authorization", key)));
        URI page = URI.create(begun.path("authorization_url").asString());
        new Person("ada").agreeAndReturn(page, HandLogin.query(page).getOrDefault("redirect_uri", "none"));
        String there = daemon.url() + "/api/logins/" + begun.path("id").asString();
        Await.until(
                LIMIT,
                () -> Web.good(Web.send(Web.to(there).header("Authorization", key)))
                        .path("state")
                        .asString()
                        .equals("done"),
                () -> "the login does not end. " + daemon.child().story());
    }

    /** See {@code OwnerKey}: the name of the format, its version, the key. */
    private static String ownerKey(Product product) {
        String file = Checkout.read(product.home().resolve("owner.key")).strip();
        return "Bearer " + file.substring(file.lastIndexOf(' ') + 1);
    }

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
