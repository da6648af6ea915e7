// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import dev.vigil.auth.Origin;
import dev.vigil.auth.TimeSource;
import dev.vigil.oauth.OAuthTransport.Answer.Answered;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How far the clocks of authorization servers are from ours, by the {@code Date} of their answers to a POST (RFC 9110,
 * 6.6.1); a GET may have been answered from a cache. For people only: {@link TokenAnswer} does its own reckoning. Kept in
 * memory. Any thread may ask; sends like the transport inside.
 */
public final class ServerClocks implements OAuthTransport {
    /** Dates tell whole seconds, and an answer may take a while: less than this means nothing. */
    private static final Duration NOTABLE = Duration.ofSeconds(30);

    private final OAuthTransport inner;
    private final TimeSource time;
    private final Map<Origin, Duration> skews = new ConcurrentHashMap<>();

    public ServerClocks(OAuthTransport inner, TimeSource time) {
        this.inner = inner;
        this.time = time;
    }

    @Override
    public Answer send(Request request, Duration limit) {
        Answer answer = inner.send(request, limit);
        if (answer instanceof Answered answered && request.method().equals("POST")) {
            Instant now = time.now().wall();
            answered.header("Date")
                    .flatMap(TokenAnswer.Reading::date)
                    .ifPresent(date -> skews.put(Origin.of(request.url()), Duration.between(now, date)));
        }
        return answer;
    }

    /** Positive when the server's clock is ahead of ours; empty when they agree within 30 s, or nothing is known. */
    public Optional<Duration> skew(URI server) {
        return Optional.ofNullable(skews.get(Origin.of(server)))
                .filter(skew -> skew.abs().compareTo(NOTABLE) > 0);
    }
}
