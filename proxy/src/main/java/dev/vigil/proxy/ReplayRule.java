// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.Connector;
import dev.vigil.auth.GrantKind;
import dev.vigil.auth.Origin;
import dev.vigil.oauth.Challenges;
import dev.vigil.proxy.Verdict.Follow;
import dev.vigil.proxy.Verdict.Forbidden;
import dev.vigil.proxy.Verdict.InsufficientScope;
import dev.vigil.proxy.Verdict.KeyRefused;
import dev.vigil.proxy.Verdict.LoginWanted;
import dev.vigil.proxy.Verdict.NotMcp;
import dev.vigil.proxy.Verdict.Pass;
import dev.vigil.proxy.Verdict.Redirected;
import dev.vigil.proxy.Verdict.RefusedAgain;
import dev.vigil.proxy.Verdict.Renew;
import dev.vigil.proxy.Verdict.ServerTrouble;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What to do with an upstream's answer, and which requests may be sent a second time. Pure.
 *
 * @param connector whom we asked
 * @param asked the URL that was asked
 * @param post is it a POST? Only then does somebody wait for a JSON-RPC answer
 * @param renewed has this request been sent again after a 401 already?
 * @param followed has it been redirected already?
 */
record ReplayRule(Connector connector, URI asked, boolean post, boolean renewed, boolean followed) {
    /**
     * Methods that change nothing, so that one lost on a connection the server was just closing may be sent again. A tool
     * call is not among them: it may have taken effect.
     */
    private static final Set<String> HARMLESS = Set.of(
            "initialize",
            "notifications/initialized",
            "ping",
            "server/discover",
            "tools/list",
            "prompts/list",
            "prompts/get",
            "resources/list",
            "resources/templates/list",
            "resources/read",
            "completion/complete",
            "logging/setLevel");

    static boolean isHarmless(Optional<String> method) {
        return method.isPresent() && HARMLESS.contains(method.get());
    }

    Verdict judge(int status, HttpHeaders headers) {
        if (status == 401) {
            return unauthorized();
        }
        if (status == 403) {
            return forbidden(headers);
        }
        if (status >= 300 && status < 400 && status != 304) {
            return redirect(status, headers.get(HttpHeaderNames.LOCATION));
        }
        if (status >= 500) {
            return isJson(headers)
                    ? new Pass()
                    : new ServerTrouble(status, Optional.ofNullable(headers.get(HttpHeaderNames.RETRY_AFTER)));
        }
        boolean readable = !post || status != 200 || isJson(headers) || isEvents(headers) || isEmpty(headers);
        return readable ? new Pass() : new NotMcp("HTTP 200 with " + contentType(headers));
    }

    private Verdict unauthorized() {
        if (connector.kind() == GrantKind.NONE) return new LoginWanted();
        if (connector.kind() == GrantKind.HEADER) return new KeyRefused();
        return renewed ? new RefusedAgain() : new Renew();
    }

    private static Verdict forbidden(HttpHeaders headers) {
        List<Challenges.Challenge> challenges = Challenges.parse(headers.getAll(HttpHeaderNames.WWW_AUTHENTICATE));
        return challenges.stream()
                .filter(challenge -> challenge.error().equals(Optional.of("insufficient_scope")))
                .findFirst()
                .<Verdict>map(challenge -> new InsufficientScope(challenge.scopes()))
                .orElseGet(Forbidden::new);
    }

    /** RFC 9110, 15.4: only 307 and 308 keep method and body; only our own origin may see the token. */
    private Verdict redirect(int status, @Nullable String location) {
        if (location == null) {
            return new NotMcp("HTTP " + status + " without a Location");
        }
        Optional<URI> target = Origin.resolved(asked, location);
        boolean keeps = status == 307 || status == 308;
        return keeps && !followed && target.isPresent() && Origin.isSame(asked, target.get())
                ? new Follow(target.get().toString())
                : new Redirected(target.map(URI::toString).orElse("an address that makes no sense"));
    }

    /** Can an answer that begins so be told on a stream which the client has open? */
    static boolean isPourable(HttpResponse head) {
        return (isJson(head.headers()) || isEvents(head.headers()))
                && AnswerStream.isPlain(head.headers())
                && head.status().code() < 300;
    }

    static boolean isJson(HttpHeaders headers) {
        return contentType(headers).startsWith("application/json");
    }

    static boolean isEvents(HttpHeaders headers) {
        return contentType(headers).startsWith("text/event-stream");
    }

    private static boolean isEmpty(HttpHeaders headers) {
        return "0".equals(headers.get(HttpHeaderNames.CONTENT_LENGTH));
    }

    private static String contentType(HttpHeaders headers) {
        String type = headers.get(HttpHeaderNames.CONTENT_TYPE);
        return type == null ? "no content type" : type.trim().toLowerCase(Locale.ROOT);
    }
}
