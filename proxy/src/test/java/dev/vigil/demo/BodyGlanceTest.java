// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class BodyGlanceTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 64, 4096})
    void smallDocumentIsReadWholeHoweverItIsCutIntoPieces(int piece) {
        String text = "{\"params\":{\"name\":\"e\\\"c\\\\ho\",\"text\":\"gr\\u00fc\u00dfe \ud83d\ude80\"},\"id\":7}";
        BodyGlance glance = fed(text, piece);
        assertThat(glance.document()).contains(JsonRpc.MAPPER.readTree(text));
        assertThat(glance.anyStringIsCut()).isFalse();
        assertThat(glance.bytes()).isEqualTo(text.getBytes(StandardCharsets.UTF_8).length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "\u00fc", "\ud83d\ude80", "\\\"", "\\\\", "\\u00fc", "\\n", "ab\\\\\\\"\u20ac"})
    void idIsFoundBehindAHugeStringOfAnything(String unit) {
        String text = "{\"text\":\"" + unit.repeat(300_000) + "\",\"id\":\"call 1\"}";
        BodyGlance glance = fed(text, 1000);
        JsonNode document = glance.document().orElseThrow();
        assertThat(document.path("id").asString()).isEqualTo("call 1");
        assertThat(glance.anyStringIsCut()).isTrue();
        assertThat(glance.bytes()).isEqualTo(text.getBytes(StandardCharsets.UTF_8).length);
        assertThat(document.path("text").asString().length()).isBetween(1, BodyGlance.LONGEST_STRING);
    }

    @Test
    void documentWithTooMuchBesideItsStringsIsNotHeld() {
        BodyGlance glance = fed("[" + "1,".repeat(BodyGlance.LARGEST_REST) + "1]", 8192);
        assertThat(glance.isTooLarge()).isTrue();
        assertThat(glance.document()).isEmpty();
    }

    @Test
    void whatIsNotJsonIsNoDocument() {
        assertThat(fed("GET / HTTP/1.1", 100).document()).isEmpty();
    }

    private static BodyGlance fed(String text, int piece) {
        BodyGlance glance = new BodyGlance();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i += piece) {
            glance.feed(Unpooled.wrappedBuffer(bytes, i, Math.min(piece, bytes.length - i)));
        }
        return glance;
    }
}
