// SPDX-License-Identifier: Apache-2.0
package dev.vigil.stdio;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Collections;
import java.util.List;

/** The bytes of one line of the client, held once, in pieces. Immutable. */
record Body(List<byte[]> pieces) {
    Body {
        pieces = List.copyOf(pieces);
    }

    static Body of(byte[] bytes) {
        return new Body(List.of(bytes));
    }

    long length() {
        return pieces.stream().mapToLong(piece -> piece.length).sum();
    }

    /** The bytes, from the first. May be asked for again. */
    InputStream stream() {
        return new SequenceInputStream(Collections.enumeration(
                pieces.stream().<InputStream>map(ByteArrayInputStream::new).toList()));
    }

    /** Sends them without another copy. */
    BodyPublisher publisher() {
        return length() == 0
                ? BodyPublishers.noBody()
                : BodyPublishers.fromPublisher(BodyPublishers.ofByteArrays(pieces), length());
    }
}
