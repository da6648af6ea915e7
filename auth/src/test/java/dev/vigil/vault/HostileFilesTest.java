// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.vigil.auth.Grant;
import dev.vigil.auth.Grants;
import dev.vigil.auth.TimeSource;
import dev.vigil.auth.VaultException;
import dev.vigil.auth.VaultException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.ObjectNode;

/** Sealed files that somebody or something has been at. */
class HostileFilesTest {
    private static final Grant NOTION = Grants.lasting(Duration.ofHours(1), Instant.EPOCH);
    private static final String AGAIN = "move it away and run: vigil login notion";

    @TempDir
    Path folder;

    private Home home;
    private Vault vault;
    private Path file;

    @BeforeEach
    void saveOne() {
        home = Home.below(folder.resolve("home"));
        home.prepare();
        vault = open(home);
        vault.grants().save(NOTION);
        file = home.grants().resolve("notion.sealed");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void damageIsNamedAndNothingIsLost(String damage, UnaryOperator<byte[]> change, Kind kind, String what)
            throws IOException {
        byte[] damaged = change.apply(Files.readAllBytes(file));
        Files.write(file, damaged);

        assertRefused("notion", kind, file + " " + what);
        assertThat(file).hasBinaryContent(damaged);

        vault.grants().save(NOTION);
        assertThat(vault.grants().load("notion")).hasValue(NOTION);
        assertThat(home.grants().resolve("notion.sealed.aside-1")).hasBinaryContent(damaged);
    }

    static Stream<Arguments> damageIsNamedAndNothingIsLost() {
        String changed = "was changed after it was sealed";
        return Stream.of(
                arguments("emptied", edit(all -> ""), Kind.UNREADABLE, "was cut short. Restore it from a backup"),
                arguments(
                        "cut in its first line", edit(all -> all.substring(0, 40)), Kind.UNREADABLE, "was cut short."),
                arguments("cut in its first word", edit(all -> all.substring(0, 7)), Kind.UNREADABLE, "was cut short."),
                arguments(
                        "half written",
                        edit(all -> all.substring(0, all.length() / 2)),
                        Kind.UNREADABLE,
                        "was cut short: "),
                arguments(
                        "one byte short",
                        edit(all -> all.substring(0, all.length() - 1)),
                        Kind.UNREADABLE,
                        "was cut short: "),
                arguments("foreign", edit(all -> "{\"token\":1}"), Kind.UNREADABLE, "is not a sealed file of Vigil."),
                arguments(
                        "foreign and binary",
                        edit(all -> "\u0000\u0001"),
                        Kind.UNREADABLE,
                        "is not a sealed file of Vigil."),
                arguments("flipped at the end", flip(-1), Kind.UNREADABLE, changed + "."),
                arguments("flipped in the middle", flip(-60), Kind.UNREADABLE, changed + "."),
                arguments("longer", edit(all -> all + "x"), Kind.UNREADABLE, changed + " (length)"),
                arguments("another length", first(" ([0-9]+)\n", " 12\n"), Kind.UNREADABLE, changed + " (length)"),
                arguments(
                        "first line spoilt",
                        first("grant notion", "grant  notion"),
                        Kind.UNREADABLE,
                        changed + " (first line)"),
                arguments(
                        "no line at all",
                        edit(all -> all.replace('\n', ' ') + "x".repeat(300)),
                        Kind.UNREADABLE,
                        changed + "."),
                arguments(
                        "another kind",
                        first(" grant ", " client "),
                        Kind.UNREADABLE,
                        "was moved: it was sealed as client notion."),
                arguments(
                        "relabelled vault",
                        first(" [0-9a-f-]{36} ", " 00000000-0000-4000-8000-000000000000 "),
                        Kind.UNREADABLE,
                        "was sealed by another vault (00000000-0000-4000-8000-000000000000, this one is "),
                arguments(
                        "newer",
                        first("SEALED 1 ", "SEALED 2 "),
                        Kind.TOO_NEW,
                        "was written by a newer Vigil (format 2, this one knows 1). Use that Vigil or a later one"),
                arguments(
                        "newer with another first line",
                        edit(all -> "VIGIL SEALED 14 x\n??"),
                        Kind.TOO_NEW,
                        "was written by a newer Vigil (format 14"));
    }

    @Test
    void whatHelpsIsSaid() throws IOException {
        Files.writeString(file, "?");

        assertRefused("notion", Kind.UNREADABLE, AGAIN);
    }

    @Test
    void grantUnderAnotherConnectorsNameDoesNotOpenEvenIfItsLineWasEdited() throws IOException {
        Path moved = Files.copy(file, home.grants().resolve("linear.sealed"));
        assertRefused("linear", Kind.UNREADABLE, moved + " was moved: it was sealed as grant notion.");

        String relabelled = Files.readString(moved, ISO_8859_1).replaceFirst("grant notion", "grant linear");
        Files.writeString(moved, relabelled, ISO_8859_1);
        assertRefused("linear", Kind.UNREADABLE, moved + " was changed after it was sealed.");
    }

    @Test
    void grantOfAnotherVaultDoesNotOpenEvenIfItsLineWasEdited() throws IOException {
        Home other = Home.below(folder.resolve("other"));
        other.prepare();
        open(other).grants().save(NOTION);
        byte[] foreign = Files.readAllBytes(other.grants().resolve("notion.sealed"));
        String ours = ring().vault().toString();
        Files.write(file, foreign);
        assertRefused("notion", Kind.UNREADABLE, file + " was sealed by another vault (");

        Files.write(file, first(" [0-9a-f-]{36} ", " " + ours + " ").apply(foreign));
        assertRefused("notion", Kind.UNREADABLE, "which is not on the key ring");
    }

    @Test
    void vaultIsBoundEvenWhereTwoVaultsShareTheirKeys() throws Exception {
        Ring ring = ring();
        Ring other = new Ring(new UUID(0, 0), ring.keyset(), ring.fingerprintKey(), Map.of(), Ring.Revision.FIRST);
        byte[] foreign = Envelope.around(Fields.bytes(TokenJson.write(NOTION)), other, "grant", "notion")
                .bytes();
        Files.write(file, foreign);
        assertRefused("notion", Kind.UNREADABLE, file + " was sealed by another vault (");

        Files.write(file, first(" [0-9a-f-]{36} ", " " + ring.vault() + " ").apply(foreign));
        assertRefused("notion", Kind.UNREADABLE, file + " was changed after it was sealed.");
    }

    @Test
    void contentOfANewerVigilIsNotGuessedAt() throws IOException {
        ObjectNode newer = TokenJson.write(NOTION).put("version", 2);
        write(newer);

        assertRefused("notion", Kind.TOO_NEW, file + " was written by a newer Vigil (format 2");
    }

    @Test
    void contentThatIsNoGrantIsNamedWithoutShowingIt() throws IOException {
        ObjectNode odd = TokenJson.write(NOTION);
        ((ObjectNode) odd.get("tokens")).put("obtainedAt", "hunter2");
        write(odd);

        assertRefused("notion", Kind.UNREADABLE, "its content is not a grant: field 'obtainedAt' is not a time");
        assertThatThrownBy(() -> vault.grants().load("notion"))
                .hasMessageNotContaining("hunter2")
                .hasNoCause();
    }

    @Test
    void unknownFieldsOutliveASaveAtAnyDepth() throws IOException {
        ObjectNode richer = TokenJson.write(NOTION).put("label", "work");
        ((ObjectNode) richer.get("tokens")).putObject("proof").put("kind", "dpop");
        write(richer);
        vault.grants().save(Grants.renewed(NOTION, Instant.EPOCH));

        ObjectNode kept = read();
        assertThat(kept.get("label").asString()).isEqualTo("work");
        assertThat(kept.at("/tokens/proof/kind").asString()).isEqualTo("dpop");
        assertThat(kept.at("/tokens/generation").asLong()).isEqualTo(2);
    }

    @Test
    void unknownFieldsOfOneLoginAreNotTakenIntoTheNext() throws IOException {
        write(TokenJson.write(NOTION).put("label", "work"));
        vault.grants().save(Grants.of("notion", 2, 2, Instant.EPOCH, Optional.empty(), Optional.empty()));

        assertThat(read().has("label")).isFalse();
        assertThat(home.grants().resolve("notion.sealed.aside-1")).doesNotExist();
    }

    @Test
    void eachUnreadableFileIsKeptAside() throws IOException {
        for (String content : new String[] {"one", "two"}) {
            Files.writeString(file, content);
            vault.grants().save(NOTION);
        }

        assertThat(home.grants().resolve("notion.sealed.aside-1")).hasContent("one");
        assertThat(home.grants().resolve("notion.sealed.aside-2")).hasContent("two");
        assertThat(vault.grants().connectors()).containsExactly("notion");
    }

    private void write(ObjectNode content) throws IOException {
        Ring ring = ring();
        Files.write(
                file,
                Envelope.around(Fields.bytes(content), ring, "grant", "notion").bytes());
    }

    private ObjectNode read() throws IOException {
        Envelope envelope = Envelope.parse(Files.readAllBytes(file), file, "");
        return Fields.parse(envelope.open(ring(), "grant", "notion", file, "")).node();
    }

    private Ring ring() throws IOException {
        SafeFiles files = SafeFiles.onDisk();
        KekSource keks = new KekSource(KeyOrigin.OwnFile::new, home.keyEncryptionKey(), files);
        return new RingFile(home.keyRing(), List.of(keks), files)
                .open(Files.readAllBytes(home.keyRing()))
                .ring();
    }

    private void assertRefused(String connector, Kind kind, String message) {
        assertThatThrownBy(() -> vault.grants().load(connector))
                .asInstanceOf(InstanceOfAssertFactories.type(VaultException.class))
                .returns(kind, VaultException::kind)
                .extracting(VaultException::getMessage)
                .asString()
                .contains(message);
    }

    private static Vault open(Home home) {
        return new Vault(home, Optional.empty(), SafeFiles.onDisk(), TimeSource.system());
    }

    private static UnaryOperator<byte[]> edit(UnaryOperator<String> change) {
        return all -> change.apply(new String(all, ISO_8859_1)).getBytes(ISO_8859_1);
    }

    private static UnaryOperator<byte[]> first(String pattern, String replacement) {
        return edit(all -> all.replaceFirst(pattern, replacement));
    }

    private static UnaryOperator<byte[]> flip(int fromTheEnd) {
        return all -> {
            byte[] flipped = all.clone();
            flipped[all.length + fromTheEnd] ^= 1;
            return flipped;
        };
    }
}
