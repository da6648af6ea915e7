// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

import dev.vigil.auth.VaultException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * Keeps a snapshot up to date with what passes between clients and the server: a list that was answered whole replaces the one
 * that is known. Only ever refreshes; what nobody has taken yet is left to the taker. Blocks on the disk when something has
 * changed; any thread that may.
 */
public record PassingLists(SnapshotBook book) {
    /** Who wants to hear of lists that pass. */
    public interface Ear {
        /**
         * A list was answered whole. Called on {@code proxy-io}, so it may not block.
         *
         * @param owner whose token the request was sent with
         * @param body JSON, or the text of an event stream
         */
        void heard(Owner owner, Ask ask, byte[] body, boolean events);

        /** A server has said that one of its lists has changed. Called on {@code proxy-io}, so it may not block. */
        default void announced(String connector) {}
    }

    /** A longer answer is left to the taker. */
    public static final int LONGEST = 1 << 20;

    /** Is an answer to this request worth holding until it is whole? */
    public static boolean isOfInterest(Ask ask) {
        return ListKind.of(ask.method()).isPresent() && ask.cursor().isEmpty();
    }

    /**
     * @param owner whose token the request was sent with
     * @param ask with the revision that was spoken; without one nothing is learnt
     * @param body of an HTTP 200, a JSON-RPC response
     * @return whether the book knows something new
     * @throws VaultException when it could not be saved; it is in the book all the same
     */
    public boolean heard(Owner owner, Ask ask, byte[] body) {
        if (!isOfInterest(ask) || ask.revision().isEmpty() || body.length > LONGEST) {
            return false;
        }
        Optional<ListKind> kind = ListKind.of(ask.method());
        Optional<Snapshot> known = known(owner, ask.revision().get());
        Optional<Listing> list = kind.flatMap(one -> whole(one, body));
        if (known.isEmpty() || list.isEmpty()) {
            return false;
        }
        Snapshot renewed = with(known.get(), kind.get(), list.get());
        book.put(renewed);
        return !renewed.equals(known.get());
    }

    /** As above, from an event stream, on which other messages may stand beside the response. */
    public boolean heardEvents(Owner owner, Ask ask, byte[] stream) {
        return new EventReader()
                .feed(stream).stream()
                        .map(message -> heard(owner, ask, message.getBytes(StandardCharsets.UTF_8)))
                        .reduce(false, Boolean::logicalOr);
    }

    /** What another revision shows may be something else. */
    private Optional<Snapshot> known(Owner owner, String revision) {
        return book.find(owner, revision).filter(one -> !one.isRefusal() && one.speaks(revision));
    }

    private static Optional<Listing> whole(ListKind kind, byte[] body) {
        Optional<ObjectNode> result = Json.object(body).flatMap(message -> Json.object(message, "result"));
        return result.filter(page -> !page.hasNonNull("nextCursor") && ListTaker.isList(kind, page))
                .map(page -> new Listing(Json.written(page.get(kind.key())), Json.text(page, "cacheScope")));
    }

    private static Snapshot with(Snapshot known, ListKind kind, Listing list) {
        Map<ListKind, Listing> lists = new EnumMap<>(ListKind.class);
        lists.putAll(known.lists());
        lists.put(kind, list);
        return new Snapshot(known.owner(), known.revision(), known.spoken(), known.takenAt(), known.greeting(), lists);
    }
}
