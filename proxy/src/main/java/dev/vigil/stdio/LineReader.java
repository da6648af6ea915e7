// SPDX-License-Identifier: Apache-2.0
package dev.vigil.stdio;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Cuts what the client writes into lines. One thread. */
final class LineReader {
    private static final int PIECE = 64 * 1024;

    private final InputStream in;
    private final long longest;
    private final byte[] buffer = new byte[PIECE];
    private int from;
    private int to;

    /** @param longest line that is held; what a longer one has more is read and forgotten */
    LineReader(InputStream in, long longest) {
        this.in = in;
        this.longest = longest;
    }

    /**
     * A line without its end.
     *
     * @param isTooLong then the body is empty
     */
    record Line(Body body, boolean isTooLong) {}

    /** The next line that is not empty; empty at the end of the input. Blocks. */
    Optional<Line> next() throws IOException {
        List<byte[]> pieces = new ArrayList<>();
        long length = 0;
        while (from < to || fill()) {
            int end = endOfLine();
            length += end - from;
            if (length <= longest) {
                pieces.add(Arrays.copyOfRange(buffer, from, end));
            } else {
                pieces.clear();
            }
            boolean whole = end < to;
            from = whole ? end + 1 : end;
            if (whole && length > 0) {
                return Optional.of(line(pieces, length));
            }
        }
        return length > 0 ? Optional.of(line(pieces, length)) : Optional.empty();
    }

    private Line line(List<byte[]> pieces, long length) {
        return new Line(new Body(pieces), length > longest);
    }

    private boolean fill() throws IOException {
        from = 0;
        to = Math.max(0, in.read(buffer));
        return to > 0;
    }

    private int endOfLine() {
        int end = from;
        while (end < to && buffer[end] != '\n') {
            end++;
        }
        return end;
    }
}
