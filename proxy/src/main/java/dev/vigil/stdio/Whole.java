// SPDX-License-Identifier: Apache-2.0
package dev.vigil.stdio;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** An answer that is one JSON document. */
record Whole(Outgoing answer, Consumer<Outgoing> messages) implements Wire.Pieces {
    @Override
    public void piece(ByteBuffer piece) {
        answer.add(piece);
    }

    @Override
    public void end() {
        messages.accept(answer);
    }

    @Override
    public void torn() {
        answer.drop();
    }

    @Override
    public boolean isFlowing() {
        return answer.isFlowing();
    }
}
