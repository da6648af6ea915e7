// SPDX-License-Identifier: Apache-2.0
package dev.vigil.fleet;

import dev.vigil.auth.SimulatedIssuer;
import dev.vigil.auth.SimulatedIssuer.Family;
import dev.vigil.auth.SimulatedWire;
import dev.vigil.auth.Timeline;
import dev.vigil.auth.Turns;
import dev.vigil.fleet.Fates.End;
import dev.vigil.fleet.Fates.Posted;
import dev.vigil.oauth.OAuthTransport;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The way from one machine to the token endpoints. As the real transport does, it asks whether the token may still be sent
 * when the connection stands; what has been written then arrives in true time, whatever becomes of its sender.
 */
final class TokenWire implements OAuthTransport {
    private final Box box;
    private final Map<String, SimulatedIssuer> byHost;
    private final Timeline truth;
    private final Fates fates;
    private final Judge judge;

    TokenWire(Box box, List<SimulatedIssuer> issuers, Timeline truth, Fates fates, Judge judge) {
        this.box = box;
        this.byHost = issuers.stream().collect(Collectors.toMap(SimulatedIssuer::host, issuer -> issuer));
        this.truth = truth;
        this.fates = fates;
        this.judge = judge;
    }

    @Override
    public Answer send(Request request, Duration limit) {
        SimulatedIssuer issuer = Optional.ofNullable(byHost.get(request.url().getHost()))
                .orElseThrow(() -> new AssertionError("nobody lives at " + request.url()));
        Posted fate = fates.post(box, issuer.name);
        Turns.pause(fate.connect());
        if (box.isOffline() || fate.end() == End.NOT_CONNECTED) {
            return new Answer.NotConnected("no route to host");
        }
        if (request.body().isEmpty()) {
            return SimulatedWire.answer(404, "text/plain", "not found");
        }
        fates.step(box, "connected");
        if (!request.maySend().getAsBoolean()) {
            judge.note(box, "*", "was about to send, and must not any more");
            return new Answer.NotSent("too late");
        }
        Sending sending = new Sending(
                box,
                issuer,
                SimulatedWire.field(request, "refresh_token"),
                truth.now().wall());
        sending.arrives = fate.end() == End.ANSWERED || fate.end() == End.LOST;
        return sent(sending, fate, limit.minus(fate.connect()));
    }

    private Answer sent(Sending sending, Posted fate, Duration limit) {
        judge.sent(sending);
        if (sending.arrives) {
            truth.schedule(fate.before(), () -> act(sending));
        }
        int sleeps = box.sleeps();
        fates.step(box, "sent");
        Duration whole = fate.before().plus(fate.after());
        Turns.pause(whole.compareTo(limit) < 0 ? whole : limit);
        boolean isBroken = fate.end() == End.RESET
                || fate.end() == End.LOST
                || box.isOffline()
                || box.sleeps() != sleeps && fates.isGone();
        if (isBroken || whole.compareTo(limit) >= 0) {
            judge.unanswered(sending);
            return new Answer.SentWithoutAnswer(isBroken ? "connection reset" : "no answer in time");
        }
        judge.answered(sending);
        if (fate.end() == End.UNAVAILABLE) {
            return SimulatedWire.answer(503, "text/plain", "try later");
        }
        return sending.tokens
                .map(json -> SimulatedWire.answer(200, "application/json", json))
                .orElseGet(() -> SimulatedWire.answer(400, "application/json", "{\"error\":\"invalid_grant\"}"));
    }

    private void act(Sending sending) {
        judge.acting(sending);
        sending.tokens = sending.issuer.redeem(sending.shown);
        sending.hasArrived = true;
        judge.acted(sending);
    }

    /** One refresh token on its way to its server. */
    static final class Sending {
        final Box box;
        final SimulatedIssuer issuer;
        final String shown;
        final Family family;
        final int number;
        final Instant at;
        /** Which run of its process sent it. */
        final int process;

        /** When the access token ends that came with this refresh token. */
        Instant oldAccessEnd = Instant.EPOCH;

        /** Was the login alive when it arrived? */
        boolean wasAlive;

        boolean arrives;
        boolean hasArrived;
        /** Does the sender wait for it no more? */
        boolean isOver;
        /** Does its sender know that it was not spent by it? */
        boolean isHarmless;

        Optional<String> tokens = Optional.empty();

        Sending(Box box, SimulatedIssuer issuer, String shown, Instant at) {
            this.box = box;
            this.issuer = issuer;
            this.shown = shown;
            this.family = issuer.familyOf(shown);
            this.number = SimulatedIssuer.number(shown);
            this.at = at;
            this.process = box.processes();
        }
    }
}
