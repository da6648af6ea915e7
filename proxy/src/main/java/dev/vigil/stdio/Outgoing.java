// SPDX-License-Identifier: Apache-2.0
package dev.vigil.stdio;

import dev.vigil.proxy.MessageScan;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A message on its way to the client. It is held until it is whole, so that one that breaks off leaves no trace; where more
 * is held than {@link LineWriter#HELD_AT_MOST} it flows on as it comes. One thread at a time.
 */
final class Outgoing {
    private final LineWriter writer;
    private final MessageScan scan = new MessageScan();
    private final List<ByteBuffer> held = new ArrayList<>();
    private long heldBytes;
    private boolean flows;

    Outgoing(LineWriter writer) {
        this.writer = writer;
    }

    void add(ByteBuffer piece) {
        if (!piece.hasRemaining()) {
            return;
        }
        scan.feed(Unpooled.wrappedBuffer(piece.duplicate()));
        if (!flows && writer.hold(piece.remaining())) {
            heldBytes += piece.remaining();
            held.add(piece);
            return;
        }
        if (!flows) {
            flows = true;
            writer.begin();
            writeHeld();
        }
        writer.write(piece);
    }

    boolean isEmpty() {
        return held.isEmpty() && !flows;
    }

    /** No more comes. Whether it is a message, or a batch of them. */
    boolean isMessage() {
        scan.finish();
        return scan.isJson()
                && scan.messages().stream()
                        .anyMatch(one -> one.id().isPresent() || one.method().isPresent());
    }

    /** The ids that it answers, as raw JSON. */
    List<String> answers() {
        return scan.messages().stream()
                .filter(one -> one.method().isEmpty())
                .flatMap(one -> one.id().stream())
                .collect(Collectors.toList());
    }

    /** The bytes, before {@link #send}; empty where they have flown already. */
    Optional<InputStream> bytes() {
        if (flows) {
            return Optional.empty();
        }
        List<InputStream> streams = held.stream().map(Outgoing::stream).toList();
        return Optional.of(new SequenceInputStream(Collections.enumeration(streams)));
    }

    private static InputStream stream(ByteBuffer piece) {
        byte[] copy = new byte[piece.remaining()];
        piece.duplicate().get(copy);
        return new ByteArrayInputStream(copy);
    }

    /** Writes the line, or ends it. */
    void send() {
        if (!flows) {
            writer.begin();
            writeHeld();
        }
        flows = false;
        writer.end();
    }

    /** Has the client got part of it, so that it waits for the rest? */
    boolean isFlowing() {
        return flows;
    }

    /** The client gets nothing of it, or a torn line where part of it has flown. */
    void drop() {
        if (flows) {
            flows = false;
            writer.end();
        }
        forget();
    }

    private void writeHeld() {
        held.forEach(piece -> writer.write(piece.duplicate()));
        forget();
    }

    private void forget() {
        held.clear();
        writer.unhold(heldBytes);
        heldBytes = 0;
    }
}
