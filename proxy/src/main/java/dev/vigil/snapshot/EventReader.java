// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

import dev.vigil.sse.EventParser;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The data of the events of a stream, piece by piece as they come. An event that is cut off is none. One thread at a time. */
final class EventReader implements EventParser.Listener {
    private final Set<String> types;
    private final EventParser parser = new EventParser(this);
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();
    private final List<String> complete = new ArrayList<>();

    /** @param more types of events that are read beside messages */
    EventReader(String... more) {
        types = Set.of(more);
    }

    /** The data of each event that is complete with this piece. */
    List<String> feed(byte[] piece) {
        parser.feed(ByteBuffer.wrap(piece));
        List<String> now = List.copyOf(complete);
        complete.clear();
        return now;
    }

    @Override
    public void data(ByteBuffer piece) {
        data.write(piece.array(), piece.arrayOffset() + piece.position(), piece.remaining());
    }

    @Override
    public void event(String type) {
        if (type.isEmpty() || types.contains(type)) {
            complete.add(data.toString(StandardCharsets.UTF_8));
        }
        data.reset();
    }
}
