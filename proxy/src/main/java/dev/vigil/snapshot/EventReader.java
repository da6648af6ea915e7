// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The data of server-sent events, piece by piece as they come (WHATWG HTML, 9.2.6). An event that is cut off is none. One
 * thread at a time.
 */
final class EventReader {
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final StringBuilder data = new StringBuilder();
    private boolean hasData;
    private boolean afterReturn;

    /** The data of each event that is complete with this piece. */
    List<String> feed(byte[] piece) {
        List<String> complete = new ArrayList<>();
        for (byte b : piece) {
            boolean secondOfPair = afterReturn && b == '\n';
            afterReturn = b == '\r';
            if (b == '\n' || b == '\r') {
                if (!secondOfPair) {
                    endOfLine().ifPresent(complete::add);
                }
            } else {
                line.write(b);
            }
        }
        return complete;
    }

    private Optional<String> endOfLine() {
        String text = line.toString(StandardCharsets.UTF_8);
        line.reset();
        if (text.isEmpty()) {
            Optional<String> event = hasData ? Optional.of(data.toString()) : Optional.empty();
            data.setLength(0);
            hasData = false;
            return event;
        }
        if (text.startsWith("\uFEFF")) {
            text = text.substring(1);
        }
        if (text.startsWith("data:")) {
            String value = text.substring("data:".length());
            data.append(hasData ? "\n" : "").append(value.startsWith(" ") ? value.substring(1) : value);
            hasData = true;
        }
        return Optional.empty();
    }
}
