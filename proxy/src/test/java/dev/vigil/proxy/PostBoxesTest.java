// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.session.SessionOwner;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PostBoxesTest {
    private static final SessionOwner OWNER = new SessionOwner("notion", "https://mcp.example.com/sse", "cursor");

    private final PostBoxes boxes = new PostBoxes();
    private boolean heard = true;
    private final PostBox box = boxes.open(OWNER, new PostBox.Voice() {
        @Override
        public boolean isHeard() {
            return heard;
        }

        @Override
        public void speak() {}
    });

    @Test
    void boxIsFoundByItsOwnClientAtItsOwnConnectorUntilItsStreamEnds() {
        assertThat(boxes.find(box.id(), OWNER)).contains(box);
        assertThat(boxes.find(box.id(), new SessionOwner("notion", OWNER.server(), "other")))
                .isEmpty();
        assertThat(boxes.find(box.id(), new SessionOwner("linear", OWNER.server(), "cursor")))
                .isEmpty();
        boxes.close(box);
        assertThat(boxes.find(box.id(), OWNER)).isEmpty();
        assertThat(box.say(new byte[] {'1'})).as("nobody hears it").isFalse();
    }

    @Test
    void whatIsUnreadIsHeldUpToALimit() {
        byte[] large = "x".repeat(600_000).getBytes(StandardCharsets.UTF_8);
        assertThat(box.say(large)).isTrue();
        assertThat(box.say(large)).isTrue();
        assertThat(box.say(large)).isFalse();
        assertThat(Objects.requireNonNull(box.next())).hasSize(600_000);
        assertThat(box.say(large)).as("there is room again").isTrue();
        heard = false;
        box.next();
        assertThat(box.say(large)).as("the client does not read").isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "200, '{\"id\":1}', 202",
        "503, '{\"id\":1}', 202",
        "404, '{\"id\":1}', 404",
        "405, '{\"id\":1}', 405",
        "202, '', 202",
    })
    void answerGoesOnTheStreamUnlessItIsAboutTheStream(int status, String body, int told) {
        assertThat(box.tell(Reply.json(status, body)).status()).isEqualTo(told);
        assertThat(box.next() == null).isEqualTo(body.isEmpty() || told >= 300);
    }

    @Test
    void answerStaysInTheResponseWhereTheStreamHasEnded() {
        boxes.close(box);
        Reply reply = Reply.json(200, "{\"id\":1}");
        assertThat(box.tell(reply)).isSameAs(reply);
    }
}
