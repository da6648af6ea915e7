// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import java.util.Optional;

/**
 * Tells a client that can be asked for nothing else what has changed since its lists were answered in the upstream's place:
 * on the stream of its next call. On the client's event loop only.
 */
record NewsTurn(StandInTurn standIn, Helping helping, RequestBody body, Answering answering, Skips skips) {

    /** Goes on with the request once the client has heard what it is owed; not, where that is its answer. */
    void before(Runnable send) {
        if (standIn.isNewsOwed() || helping.mayBeAnswered()) {
            body.whenEnough(() -> tell(send));
        } else {
            send.run();
        }
    }

    private void tell(Runnable send) {
        if (answering.isOver()) {
            return;
        }
        helping.strip(body);
        Optional<Reply> late = body.isComplete() ? standIn.recovered(body.scanned()) : Optional.empty();
        if (late.isPresent()) {
            answering.instead(late.get(), skips.renewedCallAgain());
            return;
        }
        if (body.isComplete() && standIn.mayTellOn(body.scanned())) {
            answering.begin();
            standIn.news().forEach(answering::say);
        }
        send.run();
    }
}
