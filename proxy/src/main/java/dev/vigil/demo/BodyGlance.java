// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Reads a JSON body of any size in small memory: everything but the far end of long strings is kept, and the shortened
 * document is parsed when the body is whole. So {@code id} is found behind a parameter of 64 MiB.
 */
final class BodyGlance {
    static final int LONGEST_STRING = 64 * 1024;
    /** What may remain of a body once its long strings are cut. */
    static final int LARGEST_REST = 1024 * 1024;

    private final ByteArrayOutputStream kept = new ByteArrayOutputStream(1024);
    private long bytes;
    private boolean inString;
    private boolean afterBackslash;
    private int hexDigitsToCome;
    private int stringLength;
    private boolean stringIsCut;
    private boolean anyStringIsCut;
    private boolean tooLarge;

    void feed(ByteBuf part) {
        bytes += part.readableBytes();
        part.forEachByte(next -> {
            take(next);
            return true;
        });
    }

    long bytes() {
        return bytes;
    }

    boolean anyStringIsCut() {
        return anyStringIsCut;
    }

    boolean isTooLarge() {
        return tooLarge;
    }

    /** The shortened document; empty when the body was not JSON. */
    Optional<JsonNode> document() {
        try {
            return tooLarge ? Optional.empty() : Optional.of(JsonRpc.MAPPER.readTree(kept.toByteArray()));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    private void take(byte next) {
        if (inString) {
            takeOfString(next);
            return;
        }
        keep(next);
        if (next == '"') {
            inString = true;
            stringIsCut = false;
            stringLength = 0;
        }
    }

    private void takeOfString(byte next) {
        // Cut in front of a whole character only: neither inside an escape nor inside UTF-8.
        boolean atStart = !afterBackslash && hexDigitsToCome == 0 && (next & 0xC0) != 0x80;
        if (atStart && next == '"') {
            inString = false;
            keep(next);
            return;
        }
        if (atStart && stringLength >= LONGEST_STRING) {
            stringIsCut = true;
            anyStringIsCut = true;
        }
        if (!stringIsCut) {
            stringLength++;
            keep(next);
        }
        trackEscape(next);
    }

    private void trackEscape(byte next) {
        if (afterBackslash) {
            afterBackslash = false;
            hexDigitsToCome = next == 'u' ? 4 : 0;
        } else if (hexDigitsToCome > 0) {
            hexDigitsToCome--;
        } else {
            afterBackslash = next == '\\';
        }
    }

    private void keep(byte next) {
        if (kept.size() < LARGEST_REST) {
            kept.write(next);
        } else {
            tooLarge = true;
        }
    }
}
