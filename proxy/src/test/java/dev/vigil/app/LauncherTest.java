// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the real {@code ./vigil} in a copy of the tree, with commands of our own in place of java and mvn. The folders where
 * JDKs usually live are moved into the copy, so that what this machine has installed plays no part.
 */
@Timeout(60)
class LauncherTest {
    private static final String JDK_FOLDERS = "/usr/lib/jvm|/usr/java|/opt|/usr/local/opt|/Library/Java";
    private static final List<String> TOOLS = List.of(
            "sh",
            "sed",
            "head",
            "find",
            "dirname",
            "readlink",
            "mktemp",
            "touch",
            "rm",
            "ln",
            "cat",
            "tee",
            "awk",
            "grep",
            "tail",
            "sleep",
            "printf");

    @TempDir
    Path temp;

    private Path root;
    private Path bin;
    private final Map<String, String> environment = new HashMap<>();
    private final List<Process> started = new ArrayList<>();

    @BeforeEach
    void copyTheTree() throws IOException {
        root = Files.createDirectories(temp.toRealPath().resolve("a tree"));
        bin = Files.createDirectories(temp.toRealPath().resolve("bin"));
        String script = Files.readString(Path.of("..", "vigil"));
        executable(
                root.resolve("vigil"), script.replaceAll("(?<=[ \\n])(" + JDK_FOLDERS + ")", temp.toRealPath() + "$1"));
        for (String source : List.of(
                "pom.xml", "auth/pom.xml", "auth/src/main/A.java", "sync/src/main/S.java", "proxy/src/main/P.java")) {
            Files.createDirectories(root.resolve(source).getParent());
            Files.writeString(root.resolve(source), source);
        }
        for (String tool : TOOLS) {
            Files.createSymbolicLink(bin.resolve(tool), installed(tool));
        }
        environment.put("PATH", bin.toString());
        environment.put("HOME", temp.toString());
        environment.put("TMPDIR", temp.toString());
    }

    @AfterEach
    void endWhatRuns() {
        for (Process process : started) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    @Test
    void theNewestJavaRunsTheJarAndGetsEveryArgumentAsItIs() throws Exception {
        built();
        environment.put("JAVA_HOME", jdk("home", "17.0.1").toString());
        Files.createSymbolicLink(bin.resolve("java"), jdk("on-path", "21").resolve("bin/java"));
        jdk("usr/lib/jvm/newest", "25.0.3");
        jdk("usr/lib/jvm/older", "24");
        jdk("usr/lib/jvm/broken", "");

        Ended ended = run("add", "two words", "$HOME", "'\"*", "");

        assertThat(ended.out().lines())
                .startsWith("newest", "-Xmx256m", "-XX:+UseSerialGC", "-Dio.netty.jfr.enabled=false")
                .containsSequence(
                        "-Xlog:disable",
                        "-Xlog:all=error:stderr",
                        "--enable-native-access=ALL-UNNAMED",
                        "-jar",
                        root + "/proxy/target/vigil.jar",
                        "add",
                        "two words",
                        "$HOME",
                        "'\"*",
                        "");
        assertThat(ended.err()).isEmpty();
    }

    @Test
    void anOlderJavaGetsNoOptionItDoesNotKnowAndOwnOptionsComeLast() throws Exception {
        built();
        environment.put("JAVA_HOME", jdk("home", "17.0.1").toString());
        environment.put("VIGIL_JAVA_OPTS", "-Xmx64m -Dx=y");
        assertThat(run("version").out()).doesNotContain("native-access").contains("-Xmx64m\n-Dx=y\n-jar\n");
    }

    @Test
    void aNamedJavaIsTakenThoughANewerOneIsThere() throws Exception {
        built();
        jdk("usr/lib/jvm/newest", "25");
        environment.put("VIGIL_JAVA", jdk("named", "17").resolve("bin/java").toString());
        assertThat(run().out()).startsWith("named\n");
    }

    @Test
    void aJavaWithoutReleaseFileIsAskedForItsVersion() throws Exception {
        built();
        Files.delete(jdk("usr/lib/jvm/old", "1.8.0_292").resolve("release"));
        Files.delete(jdk("usr/lib/jvm/new", "18-ea").resolve("release"));
        assertThat(run().out()).startsWith("new\n");
    }

    @Test
    void aMissingOrTooOldJavaIsToldWithWhatHelps() throws Exception {
        built();
        assertThat(run())
                .isEqualTo(new Ended(
                        1,
                        "",
                        "vigil: no Java found. Install a JDK of version 17 or later"
                                + " (https://adoptium.net), or set VIGIL_JAVA to a java command.\n"));
        Path old = jdk("usr/lib/jvm/old", "1.8.0_292").resolve("bin/java");
        assertThat(run())
                .isEqualTo(new Ended(
                        1,
                        "",
                        "vigil: the newest Java found is " + old
                                + ", which is Java 8. Vigil needs Java 17 or later (https://adoptium.net).\n"));
        environment.put("VIGIL_JAVA", old.toString());
        assertThat(run())
                .isEqualTo(new Ended(
                        1, "", "vigil: VIGIL_JAVA is " + old + ", which is Java 8. Vigil needs Java 17 or later.\n"));
        environment.put("VIGIL_JAVA", "/no/java");
        assertThat(run())
                .isEqualTo(new Ended(
                        1,
                        "",
                        "vigil: VIGIL_JAVA is /no/java, which cannot be run."
                                + " Unset it, or name a java command.\n"));
    }

    @Test
    void theExitCodeIsTheProgramsAndNoShellStaysBetween() throws Exception {
        built();
        environment.put("JAVA_HOME", jdk("home", "17").toString());
        environment.put("FAKE_EXIT", "42");
        assertThat(run().code()).isEqualTo(42);
        environment.put("FAKE_SCRIPT", "echo $$");
        Process process = start(root.resolve("vigil"), root);
        assertThat(new String(process.getInputStream().readAllBytes(), UTF_8)).endsWith("\n" + process.pid() + "\n");
    }

    @Test
    void startsFromAnyFolderAndThroughLinks() throws Exception {
        built();
        environment.put("JAVA_HOME", jdk("home", "17").toString());
        Path link = Files.createSymbolicLink(temp.resolve("one"), root.resolve("vigil"));
        Path relative = Files.createSymbolicLink(bin.resolve("two"), Path.of("../one"));
        for (Path way : List.of(link, relative)) {
            Process process = start(way, temp);
            assertThat(new String(process.getInputStream().readAllBytes(), UTF_8))
                    .contains("\n" + root + "/proxy/target/vigil.jar\n");
        }
    }

    @Test
    void buildsOnceAndAgainOnlyWhenASourceIsNewer() throws Exception {
        Path home = jdk("home", "17");
        environment.put("JAVA_HOME", home.toString());
        maven("echo built > \"$JAR\"");

        Ended first = run("version");
        assertThat(first.out()).startsWith("home\n");
        assertThat(first.err()).isEqualTo("""
                        vigil: building Vigil for the first time; this takes a minute or two
                        vigil:   Vigil proxy 0.1.0 [4/4]
                        """);
        assertThat(calls())
                .containsExactly(
                        "-B -DskipTests -Dspotless.check.skip=true -pl proxy -am package in " + root + " with " + home);

        assertThat(run().err()).isEmpty();
        assertThat(calls()).hasSize(1);

        touch("auth/src/main/A.java");
        assertThat(run().err()).startsWith("vigil: the sources are newer than the jar; building it again\n");
        assertThat(calls()).hasSize(2);
        touch("proxy/pom.xml");
        run();
        assertThat(calls()).hasSize(3);
    }

    @Test
    void aJarThatMavenLeavesAsItIsIsNotBuiltForEver() throws Exception {
        environment.put("JAVA_HOME", jdk("home", "17").toString());
        built();
        maven("true");
        touch("sync/src/main/S.java");
        run();
        run();
        assertThat(calls()).hasSize(1);
    }

    @Test
    void aJarWithoutSourcesIsRunAsItIs() throws Exception {
        built();
        Files.delete(root.resolve("pom.xml"));
        touch("auth/src/main/A.java");
        environment.put("JAVA_HOME", jdk("home", "17").toString());
        assertThat(run().out()).startsWith("home\n");
        Files.delete(root.resolve("proxy/target/vigil.jar"));
        assertThat(run().err()).contains("vigil.jar is missing, and so are the sources to build it from.");
    }

    @Test
    void withoutMavenItSaysWhatToInstall() throws Exception {
        environment.put("JAVA_HOME", jdk("home", "17").toString());
        assertThat(run())
                .isEqualTo(new Ended(
                        1,
                        "",
                        "vigil: mvn not found. Vigil is built on its first start, which needs"
                                + " Apache Maven 3.8 or later. Install it (package maven), then run this again.\n"));
        assertThat(root.resolve(".vigil-build-lock")).doesNotExist();
    }

    @Test
    void aFailedBuildIsToldWithItsErrorsAndLeavesNoLock() throws Exception {
        environment.put("JAVA_HOME", jdk("home", "17").toString());
        maven("echo '[ERROR] A.java: broken'; exit 3");
        Ended ended = run();
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.err()).contains("[ERROR] A.java: broken\n").contains("vigil: the build failed (java 17 at ");
        try (Stream<Path> left = Files.list(root)) {
            assertThat(left.map(Path::getFileName).map(Path::toString)).doesNotContain(".vigil-build-lock");
        }
    }

    @Test
    void twoStartsAtOnceBuildOnce() throws Exception {
        environment.put("JAVA_HOME", jdk("home", "17").toString());
        maven("while [ ! -e \"$ROOT/go\" ]; do sleep 0.05; done; echo built > \"$JAR\"");
        Process second = start(root.resolve("vigil"), root);
        awaitFile(root.resolve("calls"));
        Process other = start(root.resolve("vigil"), root);
        try (var err = other.errorReader()) {
            assertThat(err.readLine()).isEqualTo("vigil: waiting for another build (process " + second.pid() + ")");
            Files.createFile(root.resolve("go"));
            assertThat(other.waitFor()).isZero();
            assertThat(err.lines()).isEmpty();
        }
        assertThat(second.waitFor()).isZero();
        assertThat(calls()).hasSize(1);
    }

    @Test
    void theLockOfADeadBuildIsTakenOver() throws Exception {
        environment.put("JAVA_HOME", jdk("home", "17").toString());
        maven("echo built > \"$JAR\"");
        Process dead = new ProcessBuilder("/bin/sh", "-c", "true").start();
        dead.waitFor();
        Files.createSymbolicLink(root.resolve(".vigil-build-lock"), Path.of("" + dead.pid()));
        assertThat(run().code()).isZero();
        assertThat(calls()).hasSize(1);
    }

    private record Ended(int code, String out, String err) {}

    private Ended run(String... arguments) throws IOException, InterruptedException {
        Process process = start(root.resolve("vigil"), root, arguments);
        String out = new String(process.getInputStream().readAllBytes(), UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Ended(process.exitValue(), out, err);
    }

    private Process start(Path script, Path folder, String... arguments) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(Stream.concat(Stream.of(script.toString()), Stream.of(arguments))
                .toList());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.directory(folder.toFile()).start();
        started.add(process);
        return process;
    }

    /** A JDK whose java tells which one it is, and its arguments line by line. */
    private Path jdk(String name, String version) throws IOException {
        Path home = Files.createDirectories(temp.toRealPath().resolve(name));
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        executable(home.resolve("bin/java"), """
                #!/bin/sh
                if [ "${1:-}" = -version ]; then echo 'openjdk version "%s" 2026-01-01' >&2; exit 0; fi
                echo %s
                printf '%%s\\n' "$@"
                eval "${FAKE_SCRIPT:-}"
                exit "${FAKE_EXIT:-0}"
                """.formatted(version, home.getFileName()));
        executable(home.resolve("bin/javac"), "#!/bin/sh\n");
        return home;
    }

    private void maven(String does) throws IOException {
        executable(bin.resolve("mvn"), """
                #!/bin/sh
                ROOT='%s'
                JAR=$ROOT/proxy/target/vigil.jar
                echo "$@ in $PWD with $JAVA_HOME" >> "$ROOT/calls"
                echo '[INFO] Building Vigil proxy 0.1.0                  [4/4]'
                /bin/mkdir -p "$ROOT/proxy/target"
                %s
                """.formatted(root, does));
    }

    private List<String> calls() throws IOException {
        return Files.readAllLines(root.resolve("calls"));
    }

    private void built() throws IOException {
        Files.createDirectories(root.resolve("proxy/target"));
        Path jar = Files.writeString(root.resolve("proxy/target/vigil.jar"), "jar");
        Files.setLastModifiedTime(jar, FileTime.from(Instant.now().plusSeconds(60)));
    }

    private void touch(String source) throws IOException {
        Path file = root.resolve(source);
        if (Files.notExists(file)) {
            Files.writeString(file, source);
        }
        Path jar = root.resolve("proxy/target/vigil.jar");
        Files.setLastModifiedTime(jar, FileTime.from(Instant.now().minusSeconds(60)));
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(30)));
    }

    private static void executable(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static Path installed(String tool) {
        return Stream.of("/bin/", "/usr/bin/")
                .map(folder -> Path.of(folder + tool))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow();
    }

    private static void awaitFile(Path file) {
        while (Files.notExists(file)) {
            Thread.onSpinWait(); // the class has a time limit
        }
    }
}
