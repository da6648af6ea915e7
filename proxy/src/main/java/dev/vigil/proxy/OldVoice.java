// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import io.netty.channel.Channel;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Says on a client's stream what stands in its {@link PostBox}, as soon as it can stand there: between two events. */
record OldVoice(Channel client, Answering answering, Supplier<byte @Nullable []> next) implements PostBox.Voice {
    @Override
    public boolean isHeard() {
        return client.isActive() && client.isWritable();
    }

    @Override
    public void speak() {
        client.eventLoop().execute(this::sayWaiting);
    }

    private void sayWaiting() {
        while (answering.canSay()) {
            byte[] said = next.get();
            if (said == null) {
                return;
            }
            answering.say(StreamWords.event(said));
        }
    }
}
