// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Speaks HTTP+SSE (MCP 2024-11-05, "Transports") to a server: posts to the address that its stream tells first, and picks the
 * answers off the stream. The ear is called on a thread of the wire, all else on the taker's.
 */
final class OldTalk implements Wire.Ear, Speaker, AutoCloseable {
    private final Talk talk;
    private final EventReader events = new EventReader("endpoint");
    /** Data of events; empty where nothing more will come. */
    private final BlockingQueue<Optional<String>> heard = new LinkedBlockingQueue<>();

    private int size;
    private Wire.@Nullable Stream stream;
    private @Nullable URI address;

    private OldTalk(Talk talk) {
        this.talk = talk;
    }

    /** @throws NotTaken where there is no such stream, or it tells no address of the server's own */
    static OldTalk open(Talk talk) throws NotTaken {
        OldTalk old = new OldTalk(talk);
        old.stream = talk.listen(old);
        try {
            old.address = talk.own(old.next().trim());
            return old;
        } catch (NotTaken e) {
            old.close();
            throw e;
        }
    }

    @Override
    public boolean head(int status, Function<String, Optional<String>> header) {
        boolean opens = status == 200 && header.apply("Content-Type").orElse("").startsWith("text/event-stream");
        return !opens;
    }

    @Override
    public boolean piece(byte[] bytes) {
        size += bytes.length;
        events.feed(bytes).forEach(event -> heard.add(Optional.of(event)));
        return size > Talk.MOST_BYTES;
    }

    @Override
    public void end(Optional<String> reason) {
        heard.add(Optional.empty());
    }

    @Override
    public Answer ask(String method, ObjectNode params) throws NotTaken {
        String id = talk.newId();
        post(Talk.message(method, params).put("id", id));
        while (true) {
            byte[] json = next().getBytes(StandardCharsets.UTF_8);
            Answer answer = new Answer(id, Talk.MOST_BYTES);
            answer.head(200, name -> Optional.empty());
            answer.piece(json);
            if (answer.isToOurs()) {
                return answer;
            }
        }
    }

    /** A notification. */
    void tell(String method) throws NotTaken {
        post(Talk.message(method, Json.object()));
    }

    private void post(ObjectNode message) throws NotTaken {
        talk.post(Objects.requireNonNull(address), message);
    }

    private String next() throws NotTaken {
        try {
            Optional<String> next = heard.poll(talk.left().toMillis(), TimeUnit.MILLISECONDS);
            if (next != null && next.isPresent()) {
                return next.get();
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        throw new NotTaken("its event stream says nothing more");
    }

    @Override
    public void close() {
        if (stream != null) {
            stream.close();
        }
    }
}
