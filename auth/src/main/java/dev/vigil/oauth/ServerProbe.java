// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import dev.vigil.oauth.Challenges.Challenge;
import dev.vigil.oauth.OAuthTransport.Answer;
import dev.vigil.oauth.OAuthTransport.Answer.Answered;
import dev.vigil.oauth.OAuthTransport.Answer.NotConnected;
import dev.vigil.oauth.OAuthTransport.Answer.NotSent;
import dev.vigil.oauth.OAuthTransport.Answer.SentWithoutAnswer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Asks a server that the user names what it wants: OAuth, a key, or nothing. One MCP {@code initialize} without a token,
 * and discovery if that is refused. Blocks for at most ten seconds per request; any thread but {@code proxy-io}.
 */
public final class ServerProbe {
    private final OAuthCalls calls;

    public ServerProbe(OAuthTransport transport) {
        this.calls = new OAuthCalls(transport);
    }

    /** What a server turned out to be. */
    public sealed interface Finding {

        /**
         * A person logs in.
         *
         * @param issuer empty when discovery did not work out
         * @param note why not
         */
        record WantsOAuth(Optional<String> issuer, Optional<String> note) implements Finding {}

        /** It refuses us, and describes no way to log in: a static key, most likely. */
        record WantsKey(int status, String hint) implements Finding {}

        /** It wants nothing. */
        record Open(Optional<String> serverName) implements Finding {}

        /** Something answers there, but it does not speak MCP. */
        record NotMcp(String answered) implements Finding {}

        record Unreachable(String reason) implements Finding {}
    }

    public Finding probe(URI server) {
        Answer answer = calls.initialize(server);
        if (answer instanceof Answered answered) return finding(server, answered);
        if (answer instanceof NotConnected not) return new Finding.Unreachable(not.reason());
        if (answer instanceof NotSent not) return new Finding.Unreachable(not.reason());
        if (answer instanceof SentWithoutAnswer none) return new Finding.Unreachable(none.reason());
        throw new AssertionError(answer);
    }

    private Finding finding(URI server, Answered answered) {
        int status = answered.status();
        if (status == 401 || status == 403) {
            return refused(server, answered);
        }
        Optional<ForeignJson> message = message(answered);
        if (message.isPresent()) {
            // An error is MCP too: a server of another revision may not know initialize.
            Optional<ForeignJson> info = message.get().object("result").flatMap(result -> result.object("serverInfo"));
            return new Finding.Open(info.flatMap(json -> json.text("name")).map(ForeignText::shown));
        }
        return status >= 500 || status == 429
                ? new Finding.Unreachable("it answered " + status)
                : new Finding.NotMcp(described(server, answered));
    }

    private Finding refused(URI server, Answered answered) {
        List<String> headers = answered.headers("WWW-Authenticate");
        Optional<Challenge> challenge = Challenges.ofOAuth(headers);
        boolean namesMetadata = challenge.flatMap(Challenge::resourceMetadata).isPresent();
        try {
            Optional<Discovered> found = new Discovery(calls).byMetadata(server, challenge);
            if (found.isPresent() || namesMetadata) {
                Optional<String> note = found.isPresent()
                        ? Optional.empty()
                        : Optional.of("its challenge names metadata, but there is none at that address");
                return new Finding.WantsOAuth(found.map(Discovered::issuer), note);
            }
        } catch (LoginException e) {
            return new Finding.WantsOAuth(Optional.empty(), Optional.of(e.getMessage()));
        }
        return new Finding.WantsKey(answered.status(), hint(answered.status(), headers));
    }

    private static String hint(int status, List<String> headers) {
        String schemes = Challenges.parse(headers).stream()
                .map(Challenge::scheme)
                .distinct()
                .collect(Collectors.joining(", "));
        String asked = schemes.isEmpty() ? "" : ", asks for " + ForeignText.shown(schemes);
        return "it answered " + status + asked + ", and describes no authorization server";
    }

    /** The JSON-RPC message in an answer: the body, or the first event that holds one. */
    private static Optional<ForeignJson> message(Answered answered) {
        String type = answered.header("Content-Type").orElse("").toLowerCase(Locale.ROOT);
        if (!type.contains("text/event-stream")) {
            return ForeignJson.parse(answered.body()).filter(ServerProbe::isJsonRpc);
        }
        String stream = new String(answered.body(), StandardCharsets.UTF_8);
        return Arrays.stream(stream.split("\r?\n\r?\n|\r\r"))
                .map(ServerProbe::eventData)
                .map(data -> ForeignJson.parse(data.getBytes(StandardCharsets.UTF_8)))
                .flatMap(Optional::stream)
                .filter(message -> isJsonRpc(message) && (message.has("result") || message.has("error")))
                .findFirst();
    }

    private static String eventData(String event) {
        return event.lines()
                .filter(line -> line.startsWith("data:"))
                .map(line -> line.substring("data:".length()).strip())
                .collect(Collectors.joining("\n"));
    }

    private static boolean isJsonRpc(ForeignJson message) {
        return message.text("jsonrpc").equals(Optional.of("2.0"));
    }

    private static String described(URI server, Answered answered) {
        Optional<URI> target =
                answered.header("Location").flatMap(ServerMetadata::parse).map(server::resolve);
        if (answered.status() >= 300 && answered.status() < 400 && target.isPresent()) {
            return "status " + answered.status() + ", a redirect to "
                    + ForeignText.shown(target.get().toString());
        }
        return "status " + answered.status() + ", "
                + answered.header("Content-Type").map(ForeignText::shown).orElse("no content type");
    }
}
