// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.sync.ObjectStore.Stored;
import dev.vigil.sync.ObjectStore.Version;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A file of {@link FolderStore}: {@code vigil-object 1 NONCE}, a line feed, then the content. NONCE, 32 hex digits, is new
 * with every write and is the object's version. A higher number than 1 means a newer Vigil, and the object is refused.
 */
final class FolderObject {
    static final int NONCE_BYTES = 16;
    private static final String MAGIC = "vigil-object ";
    private static final String VERSION = "1 ";
    /** Bytes before the content. */
    static final int HEAD = MAGIC.length() + VERSION.length() + 2 * NONCE_BYTES + 1;

    private FolderObject() {}

    static byte[] written(String nonce, byte[] content) {
        byte[] head = (MAGIC + VERSION + nonce + '\n').getBytes(StandardCharsets.US_ASCII);
        byte[] whole = Arrays.copyOf(head, head.length + content.length);
        System.arraycopy(content, 0, whole, head.length, content.length);
        return whole;
    }

    /** @throws IllegalArgumentException that says what is wrong and what helps */
    static Stored parsed(byte[] whole) {
        String head = new String(whole, 0, Math.min(HEAD, whole.length), StandardCharsets.US_ASCII);
        if (head.startsWith(MAGIC) && !head.startsWith(MAGIC + VERSION)) {
            throw new IllegalArgumentException("a newer Vigil wrote it. Update this one");
        }
        if (!head.matches(MAGIC + VERSION + "[0-9a-f]{32}\n")) {
            throw new IllegalArgumentException("it is damaged. Move the file away");
        }
        Version version = new Version(head.substring(HEAD - 1 - 2 * NONCE_BYTES, HEAD - 1));
        return new Stored(Arrays.copyOfRange(whole, HEAD, whole.length), version);
    }
}
