// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.Authorization;
import dev.vigil.auth.Connector;
import java.util.Optional;

/**
 * What the client of an exchange gets where the upstream cannot be asked or does not answer: what it once showed, a stream
 * held in its place, or why there is neither. On the client's event loop only.
 */
final class Absence {
    private final ProxyParts parts;
    private final Connector connector;
    private final RequestBody body;
    private final Answering answering;
    private final Riding riding;
    private final StandInTurn standIn;
    private final Listening listening;
    private final Helping helping;

    Absence(
            ProxyParts parts,
            Connector connector,
            RequestBody body,
            Answering answering,
            Riding riding,
            StandInTurn standIn,
            Listening listening,
            Helping helping) {
        this.parts = parts;
        this.connector = connector;
        this.body = body;
        this.answering = answering;
        this.riding = riding;
        this.standIn = standIn;
        this.listening = listening;
        this.helping = helping;
    }

    /** There is no token that the upstream takes. */
    void dead(Authorization authorization, OwnAnswer own) {
        body.whenEnough(() -> deadNow(authorization, own));
    }

    private void deadNow(Authorization authorization, OwnAnswer own) {
        if (answering.isOver()) {
            return;
        }
        Optional<Reply> served = body.isComplete()
                ? standIn.dead(authorization, body, own).or(() -> helping.offer(own, body))
                : Optional.empty();
        if (body.isComplete() && listening.mayHold(body)) {
            listening.hold(body);
        } else if (served.isPresent()) {
            answering.instead(served.get(), own);
        } else if (!listening.keeps(own)) {
            answering.own(own);
        }
    }

    /** The upstream has trouble, and is not asked again. */
    void trouble(OwnAnswer why) {
        remembered(why).ifPresentOrElse(reply -> answering.instead(reply, why), () -> answering.own(why));
    }

    /** A client that connects waits no longer than its patience, if anything is known to tell it. */
    void slow(OwnAnswer why, Runnable giveUp) {
        remembered(why).ifPresent(reply -> {
            giveUp.run();
            answering.instead(reply, why);
        });
    }

    private Optional<Reply> remembered(OwnAnswer why) {
        Authorization held = parts.keeper().look(connector.name());
        boolean helps = body.isComplete() && riding.isConnect(why);
        return helps ? standIn.remembered(held, body) : Optional.empty();
    }
}
