// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What may not be in the tree, and what the README may promise. */
class RepositoryTest {
    private static final Pattern TEXT = Pattern.compile(
            ".*(\\.(java|mjs|js|json|md|xml|yaml|yml|sh|txt|properties|config)|/run|/vigil|\\.npmrc|\\.gitignore|\\.editorconfig)");
    /** Written in pieces, so that this file does not accuse itself. */
    private static final Pattern NOT_DONE = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|X" + "XX|HA" + "CK)\\b");

    private static final Pattern MACHINE_PATHS =
            Pattern.compile("(?<![\\w.])/((wo" + "rk|ro" + "ot|home/\\w+|Us" + "ers/\\w+)/|usr/lib/" + "jvm/\\w)");
    private static final Pattern REGISTRIES = Pattern.compile("registry\\.np" + "mjs|repo1?\\.ma" + "ven|repo\\.ma"
            + "ven\\.apache|central\\.sona" + "type|deb\\.deb" + "ian\\.org|registry\\.ya" + "rnpkg");
    private static final Pattern DOWNLOAD_RECORDS = Pattern.compile(
            "(.*/)?(mvnw(\\.cmd)?|maven-wrapper\\..*|package-lock\\.json|npm-shrinkwrap\\.json|yarn\\.lock|pnpm-lock\\.yaml)");

    private static final String DEMO = "it-tests/src/test/java/dev/vigil/it/DemoIT.java";
    private static final String README = "it-tests/src/test/java/dev/vigil/it/ReadmeIT.java";

    /** Each command that the README shows, and the test that runs it. */
    private static final Map<String, String> PROMISES = Map.ofEntries(
            Map.entry("./vigil demo", DEMO),
            Map.entry("./vigil demo --once", DEMO),
            Map.entry("mvn verify", ".ci/run"),
            Map.entry("./vigil add notion https://mcp.notion.com/mcp", README),
            Map.entry("./vigil run --background", README),
            Map.entry("./vigil login notion", README),
            Map.entry("./vigil connect claude-code", README),
            Map.entry("./vigil status", README),
            Map.entry("./vigil sync init s3://team-vigil/prod", README),
            Map.entry("./vigil sync status", README),
            Map.entry("./vigil keys rotate", README),
            Map.entry("./vigil stop", README));

    private static final List<Path> TRACKED = tracked();

    @Test
    void nothingRecordsDownloadAddresses() {
        assertThat(TRACKED)
                .extracting(Checkout::shown)
                .noneMatch(name -> DOWNLOAD_RECORDS.matcher(name).matches());
        assertNoneSays(REGISTRIES);
    }

    @Test
    void nothingKnowsTheMachineItWasWrittenOn() {
        assertNoneSays(MACHINE_PATHS);
    }

    @Test
    void nothingIsLeftForLater() {
        assertNoneSays(NOT_DONE);
    }

    private static void assertNoneSays(Pattern unwanted) {
        assertThat(TRACKED)
                .filteredOn(file -> TEXT.matcher('/' + Checkout.shown(file)).matches())
                .filteredOn(file -> unwanted.matcher(Checkout.read(file)).find())
                .extracting(Checkout::shown)
                .as("files that say " + unwanted)
                .isEmpty();
    }

    @Test
    void everySourceNamesItsLicence() {
        assertThat(TRACKED)
                .filteredOn(file -> file.toString().matches(".*\\.(java|mjs|js|sh)|.*/\\.ci/run|.*/vigil"))
                .filteredOn(file -> Checkout.read(file)
                        .lines()
                        .limit(2)
                        .noneMatch(line -> line.matches("(//|#) SPDX-License-Identifier: Apache-2\\.0")))
                .extracting(Checkout::shown)
                .isEmpty();
    }

    @Test
    void everyCommandOfTheReadmeIsRunByATest() {
        List<String> commands = Pattern.compile("^```\\w*\\n(.*?)^```", Pattern.DOTALL | Pattern.MULTILINE)
                .matcher(Checkout.read(Checkout.ROOT.resolve("README.md")))
                .results()
                .flatMap(block -> block.group(1).lines())
                .filter(line -> line.matches("(\\./)?(vigil|mvn) .*"))
                .map(line -> line.replaceFirst("\\s+#.*", "").strip())
                .toList();

        assertThat(commands).isNotEmpty().isSubsetOf(PROMISES.keySet());
        assertThat(PROMISES.values())
                .allSatisfy(test -> assertThat(Checkout.ROOT.resolve(test)).isRegularFile());
    }

    /** What git tracks; without git, nothing can be said about it. */
    private static List<Path> tracked() {
        try {
            Process git = new ProcessBuilder("git", "ls-files", "-z")
                    .directory(Checkout.ROOT.toFile())
                    .start();
            String names = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (git.waitFor() != 0) {
                throw Requires.missing("a git checkout", "Clone the repository instead of copying it.");
            }
            return List.of(names.split("\0")).stream()
                    .map(Checkout.ROOT::resolve)
                    .filter(Files::isRegularFile)
                    .toList();
        } catch (IOException e) {
            throw Requires.missing("git", "Install git.");
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
