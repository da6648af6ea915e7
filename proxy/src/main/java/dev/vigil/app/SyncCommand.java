// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.app.Failure.Code;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

@Command(
        name = "sync",
        description = "Shares logins with other machines through a bucket that nobody has to trust.",
        footer = {
            "",
            "Examples:",
            "  vigil sync init s3://team-vigil/prod     finds out whether the bucket is fit, and begins",
            "  vigil sync status                        how it stands, here and there",
            "  vigil sync now                           at once instead of at the next round",
            "  vigil sync explain notion                what happened to one login, over all machines",
            "",
            "Exit codes: 0 fine, 2 usage or config, 5 unreachable for now, 6 storage or key, 7 sync. More: docs/sync.md"
        })
final class SyncCommand implements Runnable {
    private static final JsonMapper JSON = new JsonMapper();

    private final Workplace workplace;
    private final Shell shell;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    SyncCommand(Workplace workplace) {
        this.workplace = workplace;
        this.shell = workplace.shell();
    }

    /** Without a verb. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "sync wants one of: init, status, now, explain, resolve.");
    }

    @Command(
            name = "init",
            description = {
                "Finds out whether a bucket keeps its word when many write at once, and begins to share.",
                "Run it once for each bucket, with credentials that may also delete. Takes some seconds."
            })
    int init(
            @Parameters(
                            arity = "0..1",
                            paramLabel = "BUCKET",
                            description = "s3://NAME/PREFIX or file:///FOLDER; written"
                                    + " to the config. Default: what stands there.")
                    Optional<String> bucket,
            @Option(names = "--endpoint", paramLabel = "URL", description = "For anything but AWS.")
                    Optional<String> endpoint,
            @Option(names = "--region", paramLabel = "REGION", description = "The bucket's region.")
                    Optional<String> region) {
        return new SyncInit(workplace).run(bucket, endpoint, region);
    }

    @Command(name = "now", description = "Synchronizes at once, in the daemon where one runs.")
    int now(@Option(names = "--json", description = "For programs.") boolean json) {
        JsonNode round = round();
        if (json) {
            shell.say(JSON.writeValueAsString(round));
        } else {
            SyncText.round(round).forEach(shell::sayForeign);
        }
        return SyncText.exit(round);
    }

    private JsonNode round() {
        SharedBucket bucket = bucket();
        Optional<DaemonClient> daemon = workplace.daemon();
        if (daemon.isPresent()) {
            return daemon.get().sync();
        }
        ObjectNode told = JSON.createObjectNode();
        SyncReport.put(told, workplace.synced(bucket));
        return told;
    }

    @Command(
            name = "status",
            description = "Shows how synchronization stands: the last round, its trend, and what is not shared.")
    int status(@Option(names = "--json", description = "For programs.") boolean json) {
        SharedBucket bucket = bucket();
        ObjectNode status = JSON.createObjectNode();
        Instant now = shell.time().now().wall();
        JsonNode known = workplace
                .daemon()
                .map(daemon -> daemon.status().path("sync"))
                .filter(JsonNode::isObject)
                .orElseGet(() -> {
                    workplace.synced(bucket);
                    SyncReport.write(status, bucket, workplace.syncHistory(), now);
                    return status;
                });
        if (json) {
            shell.say(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(known));
        } else {
            SyncText.status(known, Sentences.here(), now).forEach(shell::sayForeign);
        }
        return SyncText.exit(known.path("last"));
    }

    @Command(
            name = "explain",
            description = "Tells what happened to one login: who refreshed it, who took it over, who waited, and why.")
    int explain(
            @Parameters(paramLabel = "NAME", description = "The connector.") String name,
            @Option(names = "--json", description = "For programs.") boolean json) {
        workplace.connector(name);
        SyncStory story = SyncStory.of(name, bucket().sharing());
        Instant now = shell.time().now().wall();
        if (json) {
            shell.say(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(story.json()));
        } else {
            story.lines(Sentences.here(), now).forEach(shell::sayForeign);
        }
        return 0;
    }

    @Command(
            name = "resolve",
            description = {
                "Decides between two logins that were made on two machines at once, of which both are kept.",
                "The other one is forgotten, not revoked."
            })
    int resolve(
            @Parameters(paramLabel = "NAME", description = "The connector.") String name,
            @Option(names = "--keep", required = true, paramLabel = "WHICH", description = "here or there.")
                    String which) {
        workplace.connector(name);
        boolean isHere = which.equals("here");
        if (!isHere && !which.equals("there")) {
            throw new Failure(Code.USAGE, "--keep " + which + ": write here, for the login of this machine, or there");
        }
        boolean isDone = isHere
                ? bucket().sharing().twoLogins().keepOurs(name)
                : bucket().sharing().twoLogins().keepTheirs(name);
        if (!isDone) {
            throw new Failure(
                    Code.SYNC,
                    name + ": there are no two logins to decide between, here and in the bucket. See: vigil sync"
                            + " explain " + name);
        }
        workplace.tellOthers();
        shell.say(name + ": the login of " + (isHere ? "this machine" : "the other machine")
                + " is the one for all now.");
        return 0;
    }

    private SharedBucket bucket() {
        return workplace
                .bucket()
                .orElseThrow(() -> new Failure(
                        Code.USAGE,
                        "no bucket is configured in " + workplace.home().config() + ". First: vigil sync init"
                                + " s3://NAME/PREFIX"));
    }

    /** How long a login or logout takes to be live on the others. */
    static Duration bound(SyncConfig config) {
        return config.every().multipliedBy(11).dividedBy(10).plusSeconds(5);
    }
}
