// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.Connector;
import dev.vigil.auth.GrantKind;
import dev.vigil.auth.RefreshPolicy;
import dev.vigil.auth.Refresher;
import dev.vigil.auth.TimeSource;
import dev.vigil.auth.VaultException;
import dev.vigil.sync.LeftToOthers;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

@Command(
        name = "refresh",
        description = {
            "The fallback, for cron or a timer: renews a token only where the daemon has missed its time.",
            "Where the daemon does its work, nothing happens. Never logs in, never asks anything. Prints one line."
        },
        footer = {
            "",
            "Examples:",
            "  vigil refresh               every login",
            "  vigil refresh notion        this one",
            "  vigil refresh --json        for programs",
            "  vigil refresh --take-over notion",
            "",
            "Exit codes: 0 fine, also after a refresh that went well; 3 login needed, 5 unreachable for now,",
            "6 storage or key; the worst wins. How to set it up: docs/fallback.md"
        })
final class RefreshCommand implements Callable<Integer> {
    private final Workplace workplace;
    private final Shell shell;

    @Parameters(arity = "0..*", paramLabel = "NAME", description = "Connectors. Default: all.")
    private List<String> names = List.of();

    @Option(
            names = "--take-over",
            description = "Also where another machine began a refresh and has not told what came of it. Where its new"
                    + " tokens are not lost, the server may end the login.")
    private boolean takeOver;

    @Option(names = "--json", description = "For programs: the same in JSON.")
    private boolean json;

    RefreshCommand(Workplace workplace) {
        this.workplace = workplace;
        this.shell = workplace.shell();
    }

    @Override
    public Integer call() {
        List<Connector> wanted = wanted();
        Optional<SharedBucket> bucket = workplace.bucket();
        bucket.ifPresent(workplace::synced);
        if (takeOver) {
            return new TakeOver(workplace, bucket).of(wanted, names);
        }
        FallbackRun all = fallback().run(wanted);
        FallbackRun run = names.isEmpty() ? all.ofLogins() : all;
        RunHistory history = Hindsight.of(workplace.vaults(), shell.time()).runs();
        boolean isRecorded = isRecorded(run, history);
        List<String> primary = isRecorded
                ? history.primaryFor(wanted.stream().map(Connector::name).toList())
                : List.of();
        say(run, primary);
        return isRecorded ? run.exit() : Math.max(run.exit(), Failure.Code.STORAGE.number());
    }

    private List<Connector> wanted() {
        return names.isEmpty()
                ? workplace.config().connectors().stream()
                        .filter(connector -> connector.kind() == GrantKind.OAUTH)
                        .toList()
                : names.stream().distinct().map(this::login).toList();
    }

    private Connector login(String name) {
        Connector connector = workplace.connector(name);
        if (connector.kind() != GrantKind.OAUTH) {
            throw new Failure(
                    Failure.Code.USAGE,
                    name + " is configured as grant: " + connector.kind().word()
                            + ", which holds nothing that could be refreshed");
        }
        return connector;
    }

    private Fallback fallback() {
        TimeSource time = shell.time();
        RefreshPolicy policy = workplace.policy(workplace.config());
        Refresher alone = RefreshStack.of(workplace.vaults(), workplace.transport(), policy, time);
        Optional<SharedBucket> bucket = workplace.bucket();
        Refresher refresher = new PatientRefresher( // no keeper follows up
                bucket.map(shared -> shared.sharing().over(alone))
                        .orElseGet(() -> LeftToOthers.withoutBucket(alone, SharedBucket.book(workplace.home()))),
                time,
                shell::note,
                pause -> LockSupport.parkNanos(pause.toNanos()));
        return new Fallback(
                workplace.vault(),
                new MainLoop(
                        workplace.vaults().beats(),
                        name -> bucket.filter(shared -> shared.sharing().isTendedElsewhere(name))
                                .isPresent(),
                        new NotRenewed(workplace.vault(), workplace.vaults().journal("sync-story"))::why,
                        time),
                policy,
                refresher,
                time);
    }

    private boolean isRecorded(FallbackRun run, RunHistory history) {
        try {
            history.add(run);
            return true;
        } catch (VaultException e) {
            shell.note("vigil: this run could not be recorded: " + e.getMessage());
            return false;
        }
    }

    private void say(FallbackRun run, List<String> primary) {
        if (json) {
            ObjectNode told = run.json();
            primary.forEach(told.putArray("primary_path")::add);
            shell.say(told.toString());
            return;
        }
        String more = primary.isEmpty() ? "" : "; " + RunHistory.PRIMARY;
        shell.sayForeign(run.line(Sentences.here()) + more);
    }
}
