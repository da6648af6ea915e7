// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** The letter x, so many times: made while it is read, held nowhere. */
final class LargeBody extends InputStream {
    private long left;

    private LargeBody(long bytes) {
        this.left = bytes;
    }

    static InputStream of(McpAnswer.Large answer) {
        InputStream before = new ByteArrayInputStream(answer.before().getBytes(StandardCharsets.UTF_8));
        InputStream after = new ByteArrayInputStream(answer.after().getBytes(StandardCharsets.UTF_8));
        return new SequenceInputStream(Collections.enumeration(List.of(before, new LargeBody(answer.bytes()), after)));
    }

    /** Netty makes its chunks as large as this says. */
    @Override
    public int available() {
        return (int) Math.min(left, Integer.MAX_VALUE - 1); // a byte that is pushed back must fit in as well
    }

    @Override
    public int read() {
        if (left == 0) {
            return -1;
        }
        left--;
        return 'x';
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        if (left == 0) {
            return length == 0 ? 0 : -1;
        }
        int now = (int) Math.min(length, left);
        Arrays.fill(target, offset, offset + now, (byte) 'x');
        left -= now;
        return now;
    }
}
