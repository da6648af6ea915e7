// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** What can go wrong at the token endpoint. "Commit" is the moment a refresh token is spent and new ones are on the books. */
public sealed interface TokenFault {

    /** Answers this instead of looking at the request; nothing is committed. */
    record Answer(int status, String contentType, String body) implements TokenFault {}

    /** Commits only when the stage completes, then answers as usual. The supplier is asked once per request. */
    record HoldBeforeCommit(Supplier<CompletionStage<?>> until) implements TokenFault {}

    /** Commits at once and answers when the stage completes. */
    record HoldAfterCommit(Supplier<CompletionStage<?>> until) implements TokenFault {}

    /** Resets the connection; nothing is committed. */
    record DropBeforeCommit() implements TokenFault {}

    /** Commits, then resets the connection: the answer is lost, and the refresh token that was sent is spent. */
    record DropAfterCommit() implements TokenFault {}

    /** A correct answer that tells no lifetime (RFC 6749, 5.1: only RECOMMENDED). */
    record OmitExpiresIn() implements TokenFault {}

    /** A correct answer without a refresh token; the one that was sent stays good (RFC 6749, 6). */
    record OmitRefreshToken() implements TokenFault {}

    static TokenFault status(int status) {
        return new Answer(status, "text/plain", "the server answers " + status + " for now\n");
    }

    static TokenFault htmlOn200() {
        return new Answer(200, "text/html", "<html><body>Down for maintenance</body></html>");
    }

    /** An error of RFC 6749, 5.2, such as {@code invalid_client}. */
    static TokenFault oauthError(int status, String error) {
        return new Answer(status, "application/json", "{\"error\":\"" + error + "\"}");
    }

    static TokenFault delayBeforeCommit(Duration delay) {
        return new HoldBeforeCommit(() -> after(delay));
    }

    static TokenFault delayAfterCommit(Duration delay) {
        return new HoldAfterCommit(() -> after(delay));
    }

    /** Takes the request and says nothing, ever; nothing is committed. */
    static TokenFault neverAnswer() {
        return new HoldBeforeCommit(CompletableFuture::new);
    }

    private static CompletionStage<?> after(Duration delay) {
        return new CompletableFuture<Void>().completeOnTimeout(null, delay.toMillis(), TimeUnit.MILLISECONDS);
    }
}
