// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Who may know whom, who may open a secret, and who may look at the clock or at the surroundings. */
class LayeringTest {
    /** Which of our packages each may use. Who is not here may use none. */
    private static final Map<String, Set<String>> ARROWS = Map.ofEntries(
            Map.entry("dev.vigil.auth", Set.of()),
            Map.entry("dev.vigil.vault", Set.of("dev.vigil.auth")),
            Map.entry("dev.vigil.oauth", Set.of("dev.vigil.auth")),
            Map.entry("dev.vigil.sync", Set.of("dev.vigil.auth", "dev.vigil.vault")),
            Map.entry("dev.vigil.sse", Set.of()),
            Map.entry("dev.vigil.session", Set.of("dev.vigil.auth", "dev.vigil.vault")),
            Map.entry("dev.vigil.snapshot", Set.of("dev.vigil.auth", "dev.vigil.vault", "dev.vigil.sse")),
            Map.entry(
                    "dev.vigil.proxy",
                    Set.of(
                            "dev.vigil.auth",
                            "dev.vigil.oauth",
                            "dev.vigil.sync",
                            "dev.vigil.sse",
                            "dev.vigil.session",
                            "dev.vigil.snapshot")),
            Map.entry("dev.vigil.stdio", Set.of("dev.vigil.auth", "dev.vigil.sse", "dev.vigil.proxy")),
            Map.entry("dev.vigil.demo", Set.of("dev.vigil.auth")),
            Map.entry(
                    "dev.vigil.app",
                    Set.of(
                            "dev.vigil.auth",
                            "dev.vigil.vault",
                            "dev.vigil.oauth",
                            "dev.vigil.sync",
                            "dev.vigil.session",
                            "dev.vigil.snapshot",
                            "dev.vigil.proxy",
                            "dev.vigil.stdio",
                            "dev.vigil.demo")));

    /** Libraries that only these packages may use. */
    private static final Map<String, Set<String>> LIBRARIES = Map.of(
            "io.netty", Set.of("dev.vigil.proxy", "dev.vigil.stdio", "dev.vigil.demo", "dev.vigil.app"),
            "com.nimbusds", Set.of("dev.vigil.oauth"),
            "com.google.crypto", Set.of("dev.vigil.vault"),
            "software.amazon", Set.of("dev.vigil.sync"),
            "org.snakeyaml", Set.of("dev.vigil.app"),
            "picocli", Set.of("dev.vigil.app"),
            "ch.qos.logback", Set.of("dev.vigil.app"),
            "java.net.http", Set.of("dev.vigil.stdio", "dev.vigil.demo", "dev.vigil.app"),
            "java.net.HttpURLConnection", Set.of());

    /** The only eyes on a clock; all others are told the time. */
    private static final Set<String> CLOCKS =
            Set.of("TimeSource", "UpstreamHandler", "FileTurn", "FileGate", "DemoClient");

    private static final List<String> CLOCK_CALLS = List.of(
            "Instant.now", "System.nanoTime", "System.currentTimeMillis", "Clock.systemUTC", "LocalDateTime.now");
    /** The only sources of chance. */
    private static final Set<String> CHANCES = Set.of("App", "DemoAuthServer", "Randomness");

    private static final Set<String> CHANCE_CALLS =
            Set.of("Math.random", "Random", "SecureRandom", "ThreadLocalRandom", "UUID.randomUUID");
    /** The only readers of the environment and of system properties. None of them may read a switch for tests. */
    private static final Set<String> SURROUNDINGS = Set.of("Main");

    private static final List<String> SURROUNDINGS_CALLS = List.of(
            "System.getenv",
            "System.getProperty",
            "System.getProperties",
            "Boolean.getBoolean",
            "Integer.getInteger",
            "Long.getLong");

    private static final List<Source> SOURCES = Source.parse(Checkout.mainSources());

    @Test
    void packagesKnowOnlyWhatStandsBelowThem() {
        List<String> wrong = new ArrayList<>();
        for (Source source : SOURCES) {
            Set<String> allowed = ARROWS.getOrDefault(source.packageName(), Set.of());
            ARROWS.keySet().stream()
                    .filter(other -> !other.equals(source.packageName()) && !allowed.contains(other))
                    .filter(other -> uses(source, other))
                    .forEach(other -> wrong.add(Checkout.shown(source.file()) + " uses " + other));
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void everyPackageHasItsPlace() {
        assertThat(SOURCES).extracting(Source::packageName).isSubsetOf(ARROWS.keySet());
    }

    @Test
    void librariesStayWhereTheyBelong() {
        List<String> wrong = new ArrayList<>();
        LIBRARIES.forEach((library, homes) -> SOURCES.stream()
                .filter(source -> !homes.contains(source.packageName()) && uses(source, library))
                .forEach(source -> wrong.add(Checkout.shown(source.file()) + " uses " + library)));
        assertThat(wrong).isEmpty();
    }

    private static boolean uses(Source source, String prefix) {
        return source.uses().stream().anyMatch(name -> name.equals(prefix) || name.startsWith(prefix + '.'));
    }

    @Test
    void secretsAreRevealedOnlyByThoseListed() {
        Set<String> callers = SOURCES.stream()
                .filter(source -> !source.type().equals("Secret") && source.usesEndingWith(".reveal"))
                .map(Source::type)
                .collect(toCollection(TreeSet::new));

        assertThat(callers).isEqualTo(listedInSecret());
    }

    /** The types named in the list of Secret's Javadoc. */
    private static Set<String> listedInSecret() {
        Source secret = SOURCES.stream()
                .filter(source -> source.type().equals("Secret"))
                .findFirst()
                .orElseThrow();
        Matcher list = Pattern.compile("<ul>(.*?)</ul>", Pattern.DOTALL).matcher(Checkout.read(secret.file()));
        assertThat(list.find()).isTrue();
        return Pattern.compile("\\{@code (\\w+)}")
                .matcher(list.group(1))
                .results()
                .map(found -> found.group(1))
                .collect(toCollection(TreeSet::new));
    }

    @Test
    void timeComesInAsAnArgument() {
        assertThat(typesUsing(CLOCK_CALLS)).isEqualTo(new TreeSet<>(CLOCKS));
    }

    @Test
    void chanceComesInAsAnArgument() {
        assertThat(typesUsing(CHANCE_CALLS)).isEqualTo(new TreeSet<>(CHANCES));
    }

    @Test
    void noSwitchForTestsIsReadFromTheSurroundings() {
        assertThat(typesUsing(SURROUNDINGS_CALLS)).isEqualTo(new TreeSet<>(SURROUNDINGS));
    }

    private static Set<String> typesUsing(Iterable<String> calls) {
        Set<String> found = new TreeSet<>();
        for (String call : calls) {
            SOURCES.stream()
                    .filter(source -> source.uses().contains(call) || source.usesEndingWith('.' + call))
                    .forEach(source -> found.add(source.type()));
        }
        return found;
    }
}
