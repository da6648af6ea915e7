// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HiddenExpiryTest {

    @ParameterizedTest
    @CsvSource({
        "token expired, 'your token expired', true",
        "token expired, 'your token has expired', false",
        "aab,           'aaaab', true",
        "abcabd,        'abcabcabd', true",
        "abcabd,        'abcabcabc', false",
        "a,             'a', true",
        "ü,             'grün', true",
        "x,             '', false",
    })
    void wordsAreFoundHoweverTheAnswerIsCut(String words, String answer, boolean found) {
        byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
        for (int cut = 0; cut <= bytes.length; cut++) {
            HiddenExpiry rule = new HiddenExpiry(words);
            ByteBuf first = Unpooled.wrappedBuffer(bytes, 0, cut);
            ByteBuf second = Unpooled.wrappedBuffer(bytes, cut, bytes.length - cut);
            boolean inFirst = rule.isIn(first);
            assertThat(inFirst || rule.isIn(second)).isEqualTo(found);
            assertThat(first.readableBytes()).as("nothing is taken away").isEqualTo(cut);
        }
    }

    @Test
    void onlyTheBeginningOfALongAnswerIsLookedAt() {
        HiddenExpiry rule = new HiddenExpiry("expired");
        assertThat(rule.isIn(Unpooled.wrappedBuffer(new byte[65_530]))).isFalse();
        assertThat(rule.isIn(bytes("expired"))).isFalse();
    }

    @Test
    void oneAnswerIsToldOnce() {
        HiddenExpiry rule = new HiddenExpiry("expired");
        assertThat(rule.isIn(bytes("expired"))).isTrue();
        assertThat(rule.isIn(bytes("expired"))).isFalse();
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    }
}
