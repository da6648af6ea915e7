// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import dev.vigil.auth.VaultException;
import dev.vigil.auth.VaultException.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A sealed file. One line of ASCII, then the ciphertext:
 *
 * <pre>
 * VIGIL SEALED 1 VAULT KIND NAME LENGTH\n
 * LENGTH bytes: 0x01, key id (4 bytes, big-endian), nonce (24), sealed content, tag (16): Tink, XChaCha20-Poly1305
 * </pre>
 *
 * 1 is the format version. The associated data is {@code vigil sealed|1|VAULT|KIND|NAME} with the values that the reader
 * expects, so a file that was moved does not open, whatever its line says. The line is there so that an error can tell what
 * happened, and so that the key in use is known without opening anything.
 *
 * @param vault the vault's random id
 * @param kind what is sealed: "grant", "client"
 * @param name whose it is: the name of the file
 */
record Envelope(String vault, String kind, String name, byte[] ciphertext) {
    private static final String MAGIC = "VIGIL SEALED ";
    private static final int VERSION = 1;
    private static final int LONGEST_LINE = 256;
    private static final Pattern VERSIONED = Pattern.compile("VIGIL SEALED ([1-9][0-9]{0,5}) .*");
    private static final Pattern LINE = Pattern.compile(
            "VIGIL SEALED 1 (?<vault>[0-9a-f-]{36}) (?<kind>[a-z]+) (?<name>[0-9a-z_-]+) (?<length>[0-9]{1,9})");
    /** Tink's prefix, nonce and tag. */
    private static final int SMALLEST = 45;

    /** Seals content under the primary key of the ring. */
    static Envelope around(byte[] content, Ring ring, String kind, String name) {
        String vault = ring.vault().toString();
        return new Envelope(vault, kind, name, ring.encrypt(content, bound(vault, kind, name)));
    }

    /**
     * Takes a sealed file apart without opening it.
     *
     * @param file for messages
     * @param remedy for messages: a sentence about what helps
     * @throws VaultException UNREADABLE or TOO_NEW
     */
    static Envelope parse(byte[] sealed, Path file, String remedy) {
        String head = new String(sealed, 0, Math.min(sealed.length, LONGEST_LINE), StandardCharsets.ISO_8859_1);
        if (!head.startsWith(MAGIC)) {
            throw unreadable(file, MAGIC.startsWith(head) ? "was cut short" : "is not a sealed file of Vigil", remedy);
        }
        int end = head.indexOf('\n');
        if (end < 0) {
            throw unreadable(
                    file, sealed.length < LONGEST_LINE ? "was cut short" : "was changed after it was sealed", remedy);
        }
        checkVersion(head.substring(0, end), file);
        Matcher line = LINE.matcher(head.substring(0, end));
        if (!line.matches()) {
            throw unreadable(file, "was changed after it was sealed (first line)", remedy);
        }
        byte[] ciphertext = Arrays.copyOfRange(sealed, end + 1, sealed.length);
        checkLength(ciphertext.length, Integer.parseInt(line.group("length")), file, remedy);
        return new Envelope(line.group("vault"), line.group("kind"), line.group("name"), ciphertext);
    }

    byte[] bytes() {
        String line = MAGIC + VERSION + " " + vault + " " + kind + " " + name + " " + ciphertext.length + "\n";
        byte[] head = line.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(head.length + ciphertext.length)
                .put(head)
                .put(ciphertext)
                .array();
    }

    /** Bytes 1 to 4 of a Tink ciphertext, unsigned. */
    long keyId() {
        return Integer.toUnsignedLong(ByteBuffer.wrap(ciphertext).getInt(1));
    }

    /** The content. @throws VaultException UNREADABLE, saying which of the possible reasons it is */
    byte[] open(Ring ring, String expectedKind, String expectedName, Path file, String remedy) {
        if (!vault.equals(ring.vault().toString())) {
            throw unreadable(
                    file, "was sealed by another vault (" + vault + ", this one is " + ring.vault() + ")", remedy);
        }
        if (!kind.equals(expectedKind) || !name.equals(expectedName)) {
            throw unreadable(file, "was moved: it was sealed as " + kind + " " + name, remedy);
        }
        if (!ring.keyIds().contains(keyId())) {
            throw unreadable(
                    file, "was sealed with key " + keyId() + ", which is not on the key ring (any more)", remedy);
        }
        Optional<byte[]> content = ring.decrypt(ciphertext, bound(ring.vault().toString(), expectedKind, expectedName));
        return content.orElseThrow(() -> unreadable(file, "was changed after it was sealed", remedy));
    }

    static VaultException unreadable(Path file, String what, String remedy) {
        return new VaultException(Kind.UNREADABLE, file, file + " " + what + ". " + remedy);
    }

    private static void checkVersion(String line, Path file) {
        Matcher versioned = VERSIONED.matcher(line);
        if (versioned.matches() && Integer.parseInt(versioned.group(1)) > VERSION) {
            throw JsonFile.tooNew(file, Integer.parseInt(versioned.group(1)));
        }
    }

    private static void checkLength(int found, int told, Path file, String remedy) {
        if (found < told) {
            throw unreadable(file, "was cut short: " + found + " of " + told + " bytes are left", remedy);
        }
        if (found > told || told < SMALLEST) {
            throw unreadable(file, "was changed after it was sealed (length)", remedy);
        }
    }

    private static String bound(String vault, String kind, String name) {
        return "vigil sealed|" + VERSION + "|" + vault + "|" + kind + "|" + name;
    }
}
