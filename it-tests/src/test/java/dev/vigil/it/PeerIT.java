// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.demo.DemoAuthServer;
import dev.vigil.demo.TokenFault;
import dev.vigil.it.Bout.Row;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Vigil and the most used bridge of its kind, {@code mcp-remote}, in the three situations that end most unattended runs.
 * Each stands before servers of its own, of the same kind and with the same settings: refresh tokens rotate, and one that
 * is shown again ends its grant. Nothing is demanded of the peer but that it worked before the fault.
 */
class PeerIT {
    private static final Duration LONG = Duration.ofHours(1);
    /** Inside the peer's margin of 60 s from the beginning, and long enough to be used. */
    private static final Duration SHORT = Duration.ofSeconds(15);

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration AT_ONCE = Duration.ofSeconds(1);
    private static final int INSTANCES = 4;

    private static final List<Row> ROWS = new ArrayList<>();

    @TempDir
    private Path folder;

    @BeforeAll
    static void requirePeer() {
        NodeParts.nodeFor(McpRemote.PACKAGE);
    }

    @AfterAll
    static void printTable() {
        if (!ROWS.isEmpty()) {
            System.out.println(ROWS.stream().map(Row::line).collect(Collectors.joining("", Row.head(), "")));
        }
    }

    @Test
    void failingTokenEndpointIsExplainedAndOutlived() {
        Row vigil = atOnce(settings -> settings.withAccessLifetime(LONG), bout -> {
            begin(bout);
            bout.settings.faults().always(TokenFault.status(503));
            bout.auth.revokeAccessTokens();
            Answer verdict = bout.call();
            bout.settings.faults().clear();
            if (!bout.worksWithin(LIMIT.dividedBy(2))) {
                bout.login();
                bout.call();
            }
            return bout.row("1 token endpoint answers 503", verdict);
        });
        assertNothingHungOrOpened(vigil);
        assertThat(vigil.verdict().kind()).isEqualTo(Answer.Kind.STRUCTURED);
        assertThat(vigil.verdict().words()).isEqualTo("authorization_unavailable");
        assertThat(vigil.logins()).isZero();
    }

    @Test
    void lostAnswerOfStrictServerEndsInOneHonestSkip() {
        Row vigil = atOnce(settings -> settings.withAccessLifetime(SHORT), bout -> {
            Answer verdict = afterLostAnswer(bout);
            bout.login();
            bout.call();
            return bout.row("2 answer lost, server ends the grant", verdict);
        });
        assertNothingHungOrOpened(vigil);
        assertThat(vigil.verdict().kind()).isEqualTo(Answer.Kind.STRUCTURED);
        assertThat(vigil.verdict().words()).isEqualTo("authorization_expired");
        assertThat(vigil.verdict().took()).isLessThan(AT_ONCE);
        assertThat(vigil.logins()).isEqualTo(1);
    }

    @Test
    void lostAnswerOfLenientServerIsMadeGoodWithoutAPerson() {
        UnaryOperator<DemoAuthServer.Settings> lenient =
                settings -> settings.withAccessLifetime(SHORT).withReuseGrace(LIMIT);
        Row vigil = atOnce(lenient, bout -> bout.row("2 answer lost, server answers again", afterLostAnswer(bout)));
        assertNothingHungOrOpened(vigil);
        assertThat(vigil.verdict().isGood()).as(vigil.verdict().words()).isTrue();
        assertThat(vigil.logins()).isZero();
    }

    @Test
    void instancesThatStartTogetherLeadToOneRefresh() {
        Row vigil = inTurn(settings -> settings.withAccessLifetime(SHORT), bout -> {
            bout.login();
            bout.mark();
            bout.auth.accessTokensLive(LONG);
            TokenFault slow = TokenFault.delayBeforeCommit(Duration.ofSeconds(1));
            bout.settings.faults().next(Integer.MAX_VALUE, slow, "refresh_token");
            List<Answer> answers = bout.start(INSTANCES);
            Await.until(LIMIT, () -> bout.refreshes() > 0, () -> "nobody has refreshed");
            bout.call();
            return bout.row("3 four start together, token nearly over", worst(answers));
        });
        assertNothingHungOrOpened(vigil);
        assertThat(vigil.verdict().isGood()).as(vigil.verdict().words()).isTrue();
        assertThat(vigil.refreshes()).isEqualTo(1);
        assertThat(vigil.logins()).isZero();
    }

    /** Both play at the same time, since most of it is waiting; the row of Vigil. */
    private Row atOnce(UnaryOperator<DemoAuthServer.Settings> adjust, Function<Bout, Row> plot) {
        return printed(Together.forAll(contenders(""), contender -> play(contender, adjust, plot)));
    }

    /** As above, where the machine's speed is part of what is seen; with the peer's margin for both. */
    private Row inTurn(UnaryOperator<DemoAuthServer.Settings> adjust, Function<Bout, Row> plot) {
        return printed(contenders("skew: 60s").stream()
                .map(contender -> play(contender, adjust, plot))
                .toList());
    }

    private List<Function<String, Contender>> contenders(String refresh) {
        return List.of(
                url -> new PeerContender(url, folder.resolve(McpRemote.PACKAGE)),
                url -> new VigilContender(url, folder.resolve("vigil"), refresh));
    }

    private static Row play(
            Function<String, Contender> contender,
            UnaryOperator<DemoAuthServer.Settings> adjust,
            Function<Bout, Row> plot) {
        try (Bout bout = new Bout(adjust.apply(DemoAuthServer.Settings.standard()), contender)) {
            return plot.apply(bout);
        }
    }

    private static Row printed(List<Row> rows) {
        ROWS.addAll(rows);
        return rows.get(rows.size() - 1);
    }

    /** Logs in, and shows that a call works before anything goes wrong. */
    private static void begin(Bout bout) {
        bout.login();
        assertThat(bout.start(1)).as(bout.who() + " before the fault").allMatch(Answer::isGood);
        bout.mark();
    }

    /** The server rotates and its answer is lost; then calls go on until one fails or another refresh has gone well. */
    private static Answer afterLostAnswer(Bout bout) {
        begin(bout);
        bout.settings.faults().next(1, new TokenFault.DropAfterCommit(), "refresh_token");
        List<Answer> heard = new ArrayList<>();
        Await.until(
                LIMIT,
                () -> {
                    boolean madeGood = bout.refreshes() > 1;
                    heard.add(bout.call());
                    return madeGood || !heard.get(heard.size() - 1).isGood();
                },
                () -> bout.who() + " has done nothing about the lost answer");
        return heard.get(heard.size() - 1);
    }

    private static Answer worst(List<Answer> answers) {
        return answers.stream()
                .max(Comparator.comparing((Answer answer) -> !answer.isGood()).thenComparing(Answer::took))
                .orElseThrow();
    }

    private static void assertNothingHungOrOpened(Row row) {
        assertThat(row.mended()).as("works again").isTrue();
        assertThat(row.hung()).as("hung calls").isZero();
        assertThat(row.tabs()).as("browser tabs").isZero();
    }
}
