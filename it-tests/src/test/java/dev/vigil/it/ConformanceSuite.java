// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The official MCP conformance suite, in the version that {@code it-tests/npm/package.json} pins: the default tag of the
 * package knows nothing of 2026-07-28. It plays the client of a scenario, one scenario after the other.
 */
final class ConformanceSuite {
    /** In the place of a revision: the suite picks the wire, and plays what belongs to no revision too. */
    static final String ANY = "any";

    private static final String PACKAGE = "@modelcontextprotocol/conformance";
    private static final Path PROGRAM = Checkout.NPM.resolve("node_modules/" + PACKAGE + "/dist/index.js");
    private static final Duration LIMIT = Duration.ofMinutes(4);
    private static final String EXTENSION = "extension";
    private static final Pattern LISTED = Pattern.compile("^ +- (\\S+) \\[(.+)]$", Pattern.MULTILINE);
    /** A folder of results is named after what was tested, the scenario and the time. */
    private static final Pattern FOLDER = Pattern.compile("server-(.+)-\\d{4}-\\d\\d-\\d\\dT[\\dTZ-]+");

    private final Path node;
    /** By scenario, the revisions that it applies to, or {@link #EXTENSION}. */
    private final Map<String, Set<String>> scenarios;

    private ConformanceSuite(Path node) {
        this.node = node;
        this.scenarios = listed(node);
    }

    /** The suite and a Node that can run it, or the end of the test with what is missing. */
    static ConformanceSuite installed() {
        return new ConformanceSuite(NodeParts.nodeFor(PACKAGE));
    }

    private static Map<String, Set<String>> listed(Path node) {
        try (Child child = start(node, List.of("list", "--server"))) {
            if (child.awaitExit(LIMIT) != 0) {
                throw new AssertionError("the suite does not list its scenarios. " + child.story());
            }
            return LISTED.matcher(String.join("\n", child.output()))
                    .results()
                    .collect(Collectors.toMap(found -> found.group(1), ConformanceSuite::applicability));
        }
    }

    private static Set<String> applicability(MatchResult found) {
        return Set.of(found.group(2).split(","));
    }

    /** Every revision that a scenario applies to, oldest first. */
    Set<String> revisions() {
        Set<String> all = new TreeSet<>();
        scenarios.values().forEach(all::addAll);
        all.remove(EXTENSION);
        return all;
    }

    Set<String> scenarios(String revision) {
        return scenarios.entrySet().stream()
                .filter(entry -> revision.equals(ANY) || entry.getValue().contains(revision))
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Does it test what no revision of the protocol has? */
    boolean isExtension(String scenario) {
        return scenarios.getOrDefault(scenario, Set.of()).contains(EXTENSION);
    }

    /**
     * Plays all scenarios of a revision.
     *
     * @param url of the server
     * @param folder where the results are kept, each time in a new folder
     * @return by scenario; without those that could not be played at all
     */
    Map<String, Checks> run(String url, String revision, Path folder) {
        Path results = newFolder(folder, revision);
        List<String> arguments = new ArrayList<>(List.of("server", "--url", url, "--suite", "all"));
        if (!revision.equals(ANY)) {
            arguments.addAll(List.of("--spec-version", revision));
        }
        arguments.addAll(List.of("--output-dir", results.toString()));
        try (Child child = start(node, arguments)) {
            child.awaitExit(LIMIT); // 1 where any check has failed, which is not for the suite to judge
            return resultsIn(results, child);
        }
    }

    private static Path newFolder(Path folder, String revision) {
        try {
            return Files.createTempDirectory(folder, revision + '-');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Checks> resultsIn(Path results, Child child) {
        try (Stream<Path> folders = Files.list(results)) {
            return folders.filter(folder -> Files.exists(folder.resolve("checks.json")))
                    .collect(Collectors.toMap(
                            ConformanceSuite::scenarioOf,
                            folder -> Checks.read(folder.resolve("checks.json")),
                            (one, other) -> one,
                            TreeMap::new));
        } catch (IOException e) {
            throw new UncheckedIOException("no results. " + child.story(), e);
        }
    }

    private static String scenarioOf(Path folder) {
        return FOLDER.matcher(Checkout.nameOf(folder))
                .results()
                .map(found -> found.group(1))
                .findFirst()
                .orElseThrow(() -> new AssertionError("not a folder of results: " + folder));
    }

    private static Child start(Path node, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(node.toString(), PROGRAM.toString()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("NO_COLOR", "1");
        return Child.start("conformance", builder);
    }
}
