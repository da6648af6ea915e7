// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import dev.vigil.demo.DemoAuthServer;
import dev.vigil.demo.DemoMcpServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** One contender in one scenario, with servers of its own; what happens there is counted. One thread at a time. */
final class Bout implements AutoCloseable {
    final DemoAuthServer.Settings settings;
    final DemoAuthServer auth;
    private final Contender contender;
    private final DemoMcpServer mcp;
    private final List<Answer> answers = new ArrayList<>();
    private Mark mark = new Mark(0, 0, 0);
    /** Tabs that a person wanted. */
    private int wanted;

    /** @param contender made for the URL of an MCP server */
    Bout(DemoAuthServer.Settings settings, Function<String, Contender> contender) {
        this.settings = settings;
        auth = DemoAuthServer.start(settings);
        mcp = DemoMcpServer.start(DemoMcpServer.Settings.protectedBy(auth));
        this.contender = contender.apply(mcp.url());
    }

    String who() {
        return contender.who();
    }

    /** From here on everything is counted. */
    void mark() {
        answers.clear();
        wanted = 0;
        mark = now();
    }

    /** A person logs in, and whatever tabs that opens are as they should be. */
    void login() {
        int before = contender.tabs();
        contender.login();
        wanted += contender.tabs() - before;
    }

    /** Starts these many clients; what each heard at its first call. */
    List<Answer> start(int clients) {
        List<Answer> heard = contender.start(clients);
        answers.addAll(heard);
        return heard;
    }

    Answer call() {
        Answer answer = contender.call();
        answers.add(answer);
        return answer;
    }

    /** Calls until an answer is good, or at least once; false when the limit passes first. */
    boolean worksWithin(Duration limit) {
        return Await.within(limit, () -> call().isGood());
    }

    int refreshes() {
        return now().refreshes() - mark.refreshes();
    }

    /** @param verdict the answer that decided it */
    Row row(String scenario, Answer verdict) {
        int hung = (int) answers.stream()
                .filter(answer -> answer.kind() == Answer.Kind.HUNG)
                .count();
        Mark now = now();
        return new Row(
                scenario,
                contender.who(),
                answers.size(),
                hung,
                now.tabs() - mark.tabs() - wanted,
                verdict,
                refreshes(),
                now.logins() - mark.logins(),
                answers.get(answers.size() - 1).isGood());
    }

    private Mark now() {
        DemoAuthServer.Counts counts = auth.counts();
        return new Mark(contender.tabs(), counts.logins(), counts.refreshes());
    }

    @Override
    public void close() {
        contender.close();
        mcp.close();
        auth.close();
    }

    private record Mark(int tabs, int logins, int refreshes) {}

    /**
     * How it went, from the mark on.
     *
     * @param calls by all clients
     * @param tabs that nobody had asked for
     * @param refreshes that the authorization server accepted
     * @param logins that it took
     * @param mended the last call had the tool's own answer
     */
    record Row(
            String scenario,
            String who,
            int calls,
            int hung,
            int tabs,
            Answer verdict,
            int refreshes,
            int logins,
            boolean mended) {
        private static final String FORMAT = "%-42s %-10s %5s %5s %5s %8s  %-30s %9s %6s  %s%n";

        static String head() {
            return "hung: no answer in " + Answer.HANG.toSeconds()
                    + " s; time: until the answer shown, in scenario 3 of the slowest and from the start of the programs\n"
                    + FORMAT.formatted(
                            "scenario",
                            "who",
                            "calls",
                            "hung",
                            "tabs",
                            "time",
                            "answer",
                            "refreshes",
                            "logins",
                            "works again");
        }

        String line() {
            String time =
                    verdict.kind() == Answer.Kind.HUNG ? "-" : verdict.took().toMillis() + " ms";
            return FORMAT.formatted(
                    scenario, who, calls, hung, tabs, time, verdict.shown(), refreshes, logins, mended ? "yes" : "no");
        }
    }
}
