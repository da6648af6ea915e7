// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.Deadline;
import dev.vigil.auth.Now;
import dev.vigil.auth.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * Links that a person may open to log in, for connectors that say {@code interactive: true}. An id is a secret of 128 bits,
 * belongs to one connector, works for ten minutes, and for one login: whoever opens it again before that login is done comes
 * to the same login, so that a preview or a prefetch takes nothing away. It opens nothing but the authorization server's own
 * page. Any thread.
 */
public final class LoginLinks {
    /** Where links lead, before the id. */
    public static final String PATH = "/login/";
    /** As long as the login that it begins may take. */
    static final Duration LIFE = Duration.ofMinutes(10);

    private static final Duration WORTH_SHOWING = Duration.ofMinutes(5);
    private static final int ID_BYTES = 16;

    private record Link(String id, String connector, Deadline expires) {}

    private final TimeSource time;
    private final IntFunction<byte[]> randomness;
    /** Oldest first. Guarded by this. */
    private final List<Link> links = new ArrayList<>();

    /** @param randomness so many bytes that nobody can guess */
    public LoginLinks(TimeSource time, IntFunction<byte[]> randomness) {
        this.time = time;
        this.randomness = randomness;
    }

    /** The id of a link that works for some minutes yet. */
    synchronized String idFor(String connector) {
        Now now = sweep();
        return links.stream()
                .filter(link -> link.connector.equals(connector))
                .filter(link -> link.expires.left(now).compareTo(WORTH_SHOWING) > 0)
                .findFirst()
                .orElseGet(() -> mint(connector, now))
                .id;
    }

    private Link mint(String connector, Now now) {
        String id = Base64.getUrlEncoder().withoutPadding().encodeToString(randomness.apply(ID_BYTES));
        Link link = new Link(id, connector, Deadline.in(LIFE, now));
        links.add(link);
        return link;
    }

    /** Which connector a link is for; empty where it is too old, was used for a login, or never was. */
    public synchronized Optional<String> connectorOf(String id) {
        sweep();
        return links.stream().filter(link -> link.id.equals(id)).findFirst().map(Link::connector);
    }

    /** Somebody has logged in: no link to that is of use any more. */
    public synchronized void used(String connector) {
        links.removeIf(link -> link.connector.equals(connector));
    }

    private Now sweep() {
        Now now = time.now();
        links.removeIf(link -> link.expires.isDue(now));
        return now;
    }
}
