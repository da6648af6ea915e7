// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What an authorization server did with its refresh tokens, by its own words. Heard on its event loop, asked by any thread. */
final class TokenLedger {
    private static final Pattern ISSUED = Pattern.compile("\\w+: grant (\\d+) is at generation (\\d+)");
    private static final Pattern REUSED = Pattern.compile(
            "refresh_token: invalid_grant, the refresh token of generation (\\d+) was used before, grant (\\d+) is revoked");

    /** Guarded by this, like all below. */
    private final List<Issue> issues = new ArrayList<>();

    private final List<Issue> reuses = new ArrayList<>();
    private Optional<Issue> newest = Optional.empty();

    /**
     * A token set.
     *
     * @param generation from 1 for each grant; for a reuse, that of the token that was shown again
     */
    record Issue(Instant at, int grant, int generation) {}

    synchronized void heard(String line) {
        Instant now = Instant.now();
        Matcher issued = ISSUED.matcher(line);
        newest = issued.matches() ? Optional.of(issue(now, issued.group(1), issued.group(2))) : Optional.empty();
        newest.ifPresent(issues::add);
        Matcher reused = REUSED.matcher(line);
        if (reused.matches()) {
            reuses.add(issue(now, reused.group(2), reused.group(1)));
        }
    }

    private static Issue issue(Instant at, String grant, String generation) {
        return new Issue(at, Integer.parseInt(grant), Integer.parseInt(generation));
    }

    /** Token sets that were given out, oldest first. */
    synchronized List<Issue> issues() {
        return List.copyOf(issues);
    }

    /** Those of one grant: its login, then its refreshes. */
    List<Issue> issues(int grant) {
        return issues().stream().filter(issue -> issue.grant() == grant).toList();
    }

    /** Refresh tokens that were shown again, each of which ended its grant. */
    synchronized List<Issue> reuses() {
        return List.copyOf(reuses);
    }

    boolean isRevoked(int grant) {
        return reuses().stream().anyMatch(reuse -> reuse.grant() == grant);
    }

    /** What the last request got; empty when it was refused. */
    synchronized Optional<Issue> newest() {
        return newest;
    }

    long refreshes() {
        return issues().stream().filter(issue -> issue.generation() > 1).count();
    }
}
