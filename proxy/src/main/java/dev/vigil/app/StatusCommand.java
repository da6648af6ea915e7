// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.Authorization;
import dev.vigil.auth.Connector;
import dev.vigil.auth.GrantReader;
import dev.vigil.auth.VaultException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

@Command(
        name = "status",
        description = {
            "Shows how every connector stands: until when its token is good, what happens next and why.",
            "Asks the daemon where one runs, else reads the files. A daemon that has not answered after 3 s is said to",
            "hang, the files are read, and the exit code is 5. Where a login is missing in the files and machines share",
            "logins, the bucket is read, too."
        },
        footer = {
            "",
            "Examples:",
            "  vigil status                one line for each connector",
            "  vigil status notion         everything about one",
            "  vigil status --json         for programs"
        })
final class StatusCommand implements Callable<Integer> {
    private static final JsonMapper JSON = new JsonMapper();

    private final Workplace workplace;
    private final Shell shell;

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "A connector. Default: all.")
    private @Nullable String name;

    @Option(names = "--json", description = "For programs: every field, times in UTC.")
    private boolean json;

    StatusCommand(Workplace workplace) {
        this.workplace = workplace;
        this.shell = workplace.shell();
    }

    @Override
    public Integer call() {
        Answer answer = answer(mistakes());
        ObjectNode status = answer.status();
        List<JsonNode> shown = new ArrayList<>();
        status.path("connectors").forEach(shown::add);
        shown.removeIf(one -> name != null && !one.path("name").asString().equals(name));
        if (json) {
            status.set("connectors", JSON.createArrayNode().addAll(shown));
            shell.say(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(status));
            return answer.exit();
        }
        StatusText text = new StatusText(Sentences.here(), shell.time().now().wall());
        (name == null
                        ? text.overview(status.path("daemon"), status.path("fallback"), shown)
                        : text.details(status.path("daemon"), shown))
                .forEach(shell::sayForeign);
        text.undecided(status.path("sync"), shown).forEach(shell::say);
        return answer.exit();
    }

    /** @param exit not 0 when a daemon should have answered, and the files had to */
    private record Answer(ObjectNode status, int exit) {}

    /** What is wrong in the config, which a daemon that runs goes on without. */
    private Optional<ConfigException> mistakes() {
        try {
            if (name != null) {
                workplace.connector(name);
            }
            workplace.config();
            return Optional.empty();
        } catch (ConfigException e) {
            return Optional.of(e);
        }
    }

    private Answer answer(Optional<ConfigException> mistakes) {
        Optional<DaemonClient> daemon = workplace.daemon();
        if (daemon.isEmpty()) {
            return new Answer(fromFiles(), 0);
        }
        try {
            ObjectNode status = daemon.get().status();
            mistakes.ifPresent(this::noteUnread);
            return new Answer(status, mistakes.isPresent() ? Failure.Code.USAGE.number() : 0);
        } catch (Failure unanswered) {
            mistakes.ifPresent(any -> shell.note("vigil: " + unanswered.getMessage()));
            ObjectNode status = fromFiles();
            DaemonFile.Running known = daemon.get().daemon();
            status.putObject("daemon")
                    .put("url", known.url())
                    .put("pid", known.pid())
                    .put("started", known.started().toString())
                    .put("problem", unanswered.getMessage());
            return new Answer(status, unanswered.code().number());
        }
    }

    private void noteUnread(ConfigException mistakes) {
        mistakes.problems().forEach(shell::note);
        shell.note("The daemon goes on with the config as it was before.");
    }

    private ObjectNode fromFiles() {
        ObjectNode status = JSON.createObjectNode().put("v", StatusReport.VERSION);
        status.putNull("daemon");
        ArrayNode connectors = status.putArray("connectors");
        Map<String, Integer> ports = workplace.config().ownPorts();
        found().forEach((connector, authorization) -> connectors.add(StatusReport.of(
                        connector, authorization, Optional.empty(), shell.time().now())
                .put("port", ports.get(connector.name()))));
        Hindsight.of(workplace.vaults(), shell.time()).addTo(status);
        status.putNull("sync");
        if (workplace.config().sync().isPresent()) {
            ArrayNode undecided = status.putObject("sync").putArray("undecided");
            workplace.syncHistory().undecided().forEach(undecided::add);
        }
        return status;
    }

    /** Where a login is missing, another machine may have made it: then the bucket is asked, if there is one. */
    private Map<Connector, Authorization> found() {
        Map<Connector, Authorization> here = read();
        boolean isMissing = here.values().stream()
                .anyMatch(one -> one instanceof Authorization.LoggedOut || one instanceof Authorization.NeedsLogin);
        Optional<SharedBucket> bucket = isMissing ? workplace.bucket() : Optional.empty();
        if (bucket.isEmpty()) {
            return here;
        }
        workplace.synced(bucket.get());
        return read();
    }

    private Map<Connector, Authorization> read() {
        Config config = workplace.config();
        GrantReader reader =
                new GrantReader(workplace.vault(), workplace.policy(config), shell.time(), workplace.elsewhere());
        Map<Connector, Authorization> all = new LinkedHashMap<>();
        config.connectors().forEach(connector -> all.put(connector, read(reader, connector)));
        return all;
    }

    private static Authorization read(GrantReader reader, Connector connector) {
        try {
            return reader.read(connector, new Authorization.LoggedOut(Optional.empty()));
        } catch (VaultException e) {
            return new Authorization.Unreadable(e.getMessage());
        }
    }
}
