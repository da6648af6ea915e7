// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.Authorization;
import dev.vigil.auth.Authorization.Live;
import dev.vigil.auth.Authorization.NeedsLogin;
import dev.vigil.auth.Connector;
import dev.vigil.auth.Grant;
import dev.vigil.auth.Now;
import dev.vigil.auth.OAuthBinding;
import dev.vigil.auth.RefreshPolicy;
import dev.vigil.auth.SyncMarker;
import dev.vigil.auth.TokenSet;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a connector stands, as {@code vigil status --json} and {@code GET /api/status} tell it. Pure. Never a secret, only
 * when it was issued, when it ends and what will happen next.
 *
 * <p>Version 1. Fields that are not known are null; readers skip fields that they do not know.
 */
final class StatusReport {
    static final int VERSION = 1;
    private static final JsonMapper JSON = new JsonMapper();

    private StatusReport() {}

    /** @param skew positive when the authorization server's clock is ahead; empty when it agrees or is not known */
    static ObjectNode of(Connector connector, Authorization authorization, Optional<Duration> skew, Now now) {
        Standing standing = Standing.of(connector.name(), Optional.of(connector), authorization);
        ObjectNode status = JSON.createObjectNode();
        status.put("name", connector.name());
        status.put("url", connector.url().toString());
        status.put("grant", connector.kind().word());
        status.put("state", authorization.word());
        status.put("standing", standing.words());
        put(status, "reason", standing.reason());
        putTime(status, "since", standing.since());
        put(status, "action", standing.action());
        grant(authorization).ifPresentOrElse(grant -> put(status, grant), () -> putNoGrant(status));
        put(status, "zone", live(authorization).map(live -> word(live.zone(now))));
        status.put("server_skew_s", skew.map(Duration::toSeconds).orElse(null));
        NextStep next = NextStep.of(connector, authorization);
        status.put("next_step", next.what());
        putTime(status, "next_at", next.at());
        status.put("next_reason", next.why());
        put(status, "note", live(authorization).flatMap(live -> note(connector, live)));
        return status;
    }

    /** A wish of the config that the server's tokens do not allow; where in its range a refresh falls plays no part in it. */
    private static Optional<String> note(Connector connector, Live live) {
        return new RefreshPolicy("any", name -> connector.refresh()).misfit(live.grant());
    }

    private static void put(ObjectNode status, Grant grant) {
        TokenSet tokens = grant.tokens();
        Optional<OAuthBinding> oauth = grant.oauth();
        put(status, "issuer", oauth.map(OAuthBinding::issuer));
        put(status, "account", oauth.flatMap(OAuthBinding::account));
        status.set("scopes", JSON.valueToTree(oauth.map(OAuthBinding::scopes).orElse(List.of())));
        putTime(status, "logged_in", Optional.of(grant.loggedInAt()));
        putTime(status, "issued", Optional.of(tokens.obtainedAt()));
        putTime(status, "expires", tokens.expiresAt());
        putTime(status, "refresh_at", tokens.refreshAt());
        status.put("has_refresh_token", tokens.refreshToken().isPresent());
        status.put("source", word(tokens.source()));
        status.put("generation", tokens.generation());
        putTime(status, "last_sync", tokens.lastSync().map(SyncMarker::at));
    }

    private static void putNoGrant(ObjectNode status) {
        for (String field : List.of(
                "issuer",
                "account",
                "scopes",
                "logged_in",
                "issued",
                "expires",
                "refresh_at",
                "has_refresh_token",
                "source",
                "generation",
                "last_sync")) {
            status.putNull(field);
        }
    }

    static Optional<Grant> grant(Authorization authorization) {
        if (authorization instanceof Live live) return Optional.of(live.grant());
        if (authorization instanceof NeedsLogin dead) return Optional.of(dead.last());
        return Optional.empty();
    }

    private static Optional<Live> live(Authorization authorization) {
        return authorization instanceof Live live ? Optional.of(live) : Optional.empty();
    }

    private static void put(ObjectNode status, String field, Optional<String> value) {
        status.put(field, value.orElse(null));
    }

    private static void putTime(ObjectNode status, String field, Optional<Instant> value) {
        put(
                status,
                field,
                value.map(time -> time.truncatedTo(ChronoUnit.SECONDS).toString()));
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
