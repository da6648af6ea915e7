// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.Connector;
import dev.vigil.session.SessionBook;
import dev.vigil.session.SessionOwner;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** All {@link PostBox}es, one for each open stream of HTTP+SSE, and which upstreams have spoken it. Any thread. */
final class PostBoxes {
    /** Stands between a connector's path and a box's id. */
    static final String PATH = "/post/";

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{22}");

    private final Map<String, PostBox> all = new ConcurrentHashMap<>();
    private final Set<URI> speakers = ConcurrentHashMap.newKeySet();

    /** A new one. {@link #close} must follow when its stream ends. */
    PostBox open(SessionOwner owner, PostBox.Voice voice) {
        PostBox box = new PostBox(SessionBook.newId(), owner, voice);
        all.put(box.id(), box);
        return box;
    }

    void close(PostBox box) {
        all.remove(box.id());
        box.end();
    }

    /** A client's box; empty where it has none by this id, whoever else may. */
    Optional<PostBox> find(String id, SessionOwner owner) {
        return Optional.ofNullable(all.get(id)).filter(box -> box.isOf(owner));
    }

    /** Its upstream has spoken HTTP+SSE at this address. */
    void spokenBy(Connector connector) {
        speakers.add(connector.url());
    }

    boolean isSpokenBy(Connector connector) {
        return speakers.contains(connector.url());
    }

    static boolean isId(String text) {
        return ID.matcher(text).matches();
    }

    /** Does a request with this target come through a box? */
    static boolean isIn(String target) {
        int query = target.indexOf('?');
        return target.substring(0, query < 0 ? target.length() : query).contains(PATH);
    }
}
