// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Looks for words in a passing answer by which a server says that a token has expired, though its status is 200
 * ({@code refresh.expiredWhen} of a connector). Looks at the first 64 KiB, holds nothing but how far it has matched, and
 * changes nothing. On one event loop.
 */
final class HiddenExpiry {
    private static final int LONGEST_LOOK = 64 * 1024;

    private final byte[] words;
    /** For each length of a match: how much of it still matches when the next byte does not (Knuth, Morris, Pratt). */
    private final int[] fallback;

    private int matched;
    private int looked;

    HiddenExpiry(String words) {
        this.words = words.getBytes(StandardCharsets.UTF_8);
        this.fallback = fallback(this.words);
    }

    /** The next piece of the answer; true when the words have just been completed. */
    boolean isIn(ByteBuf piece) {
        int end = piece.readerIndex() + Math.min(piece.readableBytes(), LONGEST_LOOK - looked);
        for (int i = piece.readerIndex(); i < end; i++) {
            looked++;
            byte next = piece.getByte(i);
            while (matched > 0 && words[matched] != next) {
                matched = fallback[matched - 1];
            }
            if (words[matched] == next && ++matched == words.length) {
                looked = LONGEST_LOOK; // once is enough
                return true;
            }
        }
        return false;
    }

    private static int[] fallback(byte[] words) {
        int[] fallback = new int[words.length];
        for (int i = 1, length = 0; i < words.length; i++) {
            while (length > 0 && words[i] != words[length]) {
                length = fallback[length - 1];
            }
            if (words[i] == words[length]) {
                length++;
            }
            fallback[i] = length;
        }
        return fallback;
    }
}
