// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;

/** Something that must not be found, in the forms in which it might lie about: plain, in hexadecimal, in base64, compressed. */
record Needle(String text) {
    /** Three bytes are four letters of base64, so it matters where a text begins. */
    private static final int ALIGNMENTS = 3;

    private static final int GZIP = 0x1f8b;
    private static final int ZLIB = 0x78;

    /** Is it there, in any form? */
    boolean isIn(byte[] haystack) {
        String plain = latin(haystack);
        return forms().stream().anyMatch(plain::contains)
                || plain.toLowerCase(Locale.ROOT).contains(hex())
                || unpacked(haystack).stream().anyMatch(inside -> latin(inside).contains(text));
    }

    private List<String> forms() {
        List<String> forms = new ArrayList<>(List.of(text));
        for (int before = 0; before < ALIGNMENTS; before++) {
            byte[] shifted = ("xxx".substring(0, before) + text).getBytes(StandardCharsets.UTF_8);
            // The first letters depend on what stands before, the last ones on what comes after.
            int first = (before * 8 + 5) / 6;
            int last = shifted.length * 8 / 6;
            forms.add(Base64.getEncoder().encodeToString(shifted).substring(first, last));
            forms.add(Base64.getUrlEncoder().encodeToString(shifted).substring(first, last));
        }
        return forms;
    }

    private String hex() {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }

    private static List<byte[]> unpacked(byte[] haystack) {
        List<byte[]> found = new ArrayList<>();
        for (int at = 0; at + 1 < haystack.length; at++) {
            int two = (haystack[at] & 0xff) << 8 | haystack[at + 1] & 0xff;
            if (two == GZIP) {
                found.add(inflated(haystack, at, true));
            } else if (two >> 8 == ZLIB && two % 31 == 0) {
                found.add(inflated(haystack, at, false));
            }
        }
        return found;
    }

    /** As much as there is. */
    private static byte[] inflated(byte[] haystack, int at, boolean gzip) {
        ByteArrayInputStream in = new ByteArrayInputStream(haystack, at, haystack.length - at);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (InputStream packed = gzip ? new GZIPInputStream(in) : new InflaterInputStream(in)) {
            for (int next = packed.read(); next >= 0; next = packed.read()) {
                out.write(next);
            }
        } catch (IOException e) {
            // It was something else, or ended early.
        }
        return out.toByteArray();
    }

    private static String latin(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
