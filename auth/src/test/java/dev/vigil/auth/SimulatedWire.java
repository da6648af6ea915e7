// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import dev.vigil.oauth.OAuthTransport;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The network between the daemon and its authorization servers, and the token endpoints at its end. A call takes simulated
 * time; what goes wrong on the way is said by {@link Fates}.
 */
public final class SimulatedWire implements OAuthTransport {
    /** What becomes of one call. */
    enum End {
        ANSWERED,
        NOT_CONNECTED,
        /** 503. */
        UNAVAILABLE,
        /** HTML on 200, from somebody in between. */
        PAGE,
        /** A server in the middle of a restart does not know its clients. */
        CLIENT_UNKNOWN,
        /** The connection breaks before the server has acted. */
        RESET,
        /** The server acts, and the connection breaks. */
        LOST,
        /** The server acts, and half of its answer arrives. */
        CUT
    }

    /** @param before until the server acts; {@code after} until its answer is here */
    record Fate(End end, Duration before, Duration after) {}

    /** The outside of the wire. All methods are called by the job that sends. */
    interface Fates {
        Fate of(SimulatedIssuer issuer, SimulatedIssuer.Family family, int number);

        /** Is there no network at all? */
        boolean isOffline();

        /** Is the connection that was open at {@code then} gone with a sleep since? */
        boolean isGone(Duration then);

        /** The job has come to this step. */
        void step(String step);

        /** It has acted; these are the newest tokens now. */
        void acted(SimulatedIssuer issuer, SimulatedIssuer.Family family, int number, Instant oldAccessEnd);

        /** A request that nobody waits for any more arrived after its repetition, and ended the family. */
        void endedUnseen(SimulatedIssuer issuer, SimulatedIssuer.Family family, int number);

        /** The sender knows that there will be no answer. */
        void unanswered(SimulatedIssuer.Family family);
    }

    private final Timeline time;
    private final Map<String, SimulatedIssuer> byHost;
    private final Fates fates;

    SimulatedWire(Timeline time, List<SimulatedIssuer> issuers, Fates fates) {
        this.time = time;
        this.byHost = issuers.stream().collect(Collectors.toMap(SimulatedIssuer::host, issuer -> issuer));
        this.fates = fates;
    }

    @Override
    public Answer send(Request request, Duration limit) {
        SimulatedIssuer issuer = byHost.get(request.url().getHost());
        if (issuer == null || request.body().isEmpty()) {
            Turns.pause(Duration.ofMillis(50));
            return fates.isOffline()
                    ? new Answer.NotConnected("no route to host")
                    : answer(404, "text/plain", "not found");
        }
        String shown = field(request, "refresh_token");
        return new Sending(issuer, shown, limit, time.now().monotonic()).run();
    }

    private final class Sending {
        private final SimulatedIssuer issuer;
        private final String shown;
        private final SimulatedIssuer.Family family;
        private final Duration limit;
        private final Duration begun;
        private final Fate fate;

        Sending(SimulatedIssuer issuer, String shown, Duration limit, Duration begun) {
            this.issuer = issuer;
            this.shown = shown;
            this.family = issuer.familyOf(shown);
            this.limit = limit;
            this.begun = begun;
            this.fate = fates.of(issuer, family, SimulatedIssuer.number(shown));
        }

        Answer run() {
            if (fate.end == End.NOT_CONNECTED) {
                Turns.pause(fate.before);
                return new Answer.NotConnected("no route to host");
            }
            if (fate.before.compareTo(limit) >= 0) {
                time.schedule(fate.before, this::actUnseen);
                return timedOut(limit);
            }
            reach();
            if (fate.end == End.RESET) {
                return none("connection reset");
            }
            if (fate.end != End.ANSWERED && fate.end != End.LOST && fate.end != End.CUT) {
                return stranger();
            }
            return acted();
        }

        /** What has been sent arrives, though its sender may be dead by then. */
        private void reach() {
            try {
                Turns.pause(fate.before);
            } catch (Turns.Killed e) {
                time.schedule(Duration.ZERO, this::actUnseen);
                throw e;
            }
        }

        private Answer acted() {
            fates.step("before acting");
            Optional<String> tokens = act();
            fates.step("after acting");
            Duration left = limit.minus(fate.before);
            if (fate.after.compareTo(left) >= 0) {
                return timedOut(left);
            }
            Turns.pause(fate.after);
            if (fate.end == End.LOST || fates.isGone(begun)) {
                return none("connection reset");
            }
            if (tokens.isEmpty()) {
                return answer(400, "application/json", "{\"error\":\"invalid_grant\"}");
            }
            String whole = tokens.get();
            boolean isCut = fate.end == End.CUT;
            if (isCut) {
                fates.unanswered(family);
            }
            return answer(200, "application/json", isCut ? whole.substring(0, 20) : whole);
        }

        private Optional<String> act() {
            int number = SimulatedIssuer.number(shown);
            Instant oldAccessEnd = family.accessEnd(number);
            Optional<String> tokens = issuer.redeem(shown);
            if (tokens.isPresent()) {
                fates.acted(issuer, family, number, oldAccessEnd);
            }
            return tokens;
        }

        /** The server gets round to it when nobody waits any more. */
        private void actUnseen() {
            boolean wasLive = family.end.isEmpty();
            if (fate.end == End.ANSWERED && act().isPresent()) {
                fates.unanswered(family);
            } else if (wasLive && family.end.isPresent()) {
                fates.endedUnseen(issuer, family, SimulatedIssuer.number(shown));
            }
        }

        private Answer timedOut(Duration after) {
            Turns.pause(after);
            return none("no answer in time");
        }

        private Answer none(String reason) {
            fates.unanswered(family);
            return new Answer.SentWithoutAnswer(reason);
        }

        private Answer stranger() {
            Duration left = limit.minus(fate.before);
            if (fate.after.compareTo(left) >= 0) {
                return timedOut(left);
            }
            Turns.pause(fate.after);
            return switch (fate.end) {
                case UNAVAILABLE -> answer(503, "text/plain", "try later");
                case CLIENT_UNKNOWN -> answer(401, "application/json", "{\"error\":\"invalid_client\"}");
                default -> answer(200, "text/html", "<html>Sign in to the network</html>");
            };
        }
    }

    public static Answer answer(int status, String type, String body) {
        List<Header> headers = List.of(new Header("Content-Type", type), new Header("Cache-Control", "no-store"));
        return new Answer.Answered(status, headers, body.getBytes(StandardCharsets.UTF_8));
    }

    /** A field of the form that is posted. */
    public static String field(Request request, String name) {
        String form = new String(request.body().orElseThrow(), StandardCharsets.UTF_8);
        return Arrays.stream(form.split("&"))
                .filter(pair -> pair.startsWith(name + "="))
                .map(pair -> URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " in a token request"));
    }
}
