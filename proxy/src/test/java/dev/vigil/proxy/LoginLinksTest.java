// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.Timeline;
import dev.vigil.session.SessionOwner;
import dev.vigil.vault.Randomness;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LoginLinksTest {
    private final Timeline time = new Timeline();
    private final LoginLinks links = new LoginLinks(time, Randomness::bytes);
    private final HelpBudget budget = new HelpBudget(time);
    private final SessionOwner client = new SessionOwner("notion", "https://mcp.example.com/mcp", "claude-code");

    @Test
    void linkLeadsToItsConnectorForTenMinutesHoweverOftenItIsOpened() {
        String id = links.idFor("notion");
        assertThat(id).matches("[A-Za-z0-9_-]{22}");
        for (int minute = 0; minute < 10; minute++) {
            assertThat(links.connectorOf(id)).contains("notion");
            time.advance(Duration.ofMinutes(1));
        }
        assertThat(links.connectorOf(id)).isEmpty();
    }

    @Test
    void loginEndsAllLinksToItsConnectorAndNoOther() {
        String notion = links.idFor("notion");
        String linear = links.idFor("linear");
        links.used("notion");
        assertThat(links.connectorOf(notion)).isEmpty();
        assertThat(links.connectorOf(linear)).contains("linear");
        assertThat(links.idFor("notion")).isNotEqualTo(notion);
    }

    @Test
    void sameLinkIsShownWhileItWorksLongEnoughAndNoIdComesTwice() {
        Set<String> ids = new HashSet<>();
        for (int round = 0; round < 1000; round++) {
            String id = links.idFor("notion");
            assertThat(links.idFor("notion")).isEqualTo(id);
            time.advance(Duration.ofMinutes(5));
            assertThat(ids.add(id)).isTrue();
            assertThat(links.connectorOf(id))
                    .as("still good, though no longer shown")
                    .contains("notion");
        }
    }

    @Test
    void nothingThatIsNoIdLeadsAnywhere() {
        links.idFor("notion");
        assertThat(links.connectorOf("")).isEmpty();
        assertThat(links.connectorOf("notion")).isEmpty();
    }

    @Test
    void threeOffersInTenMinutesAreTheMost() {
        for (int offer = 0; offer < 3; offer++) {
            assertThat(budget.take(client)).isTrue();
            time.advance(Duration.ofMinutes(2));
        }
        assertThat(budget.take(client)).isFalse();
        assertThat(budget.take(new SessionOwner("linear", "https://mcp.example.com/mcp", "claude-code")))
                .isTrue();
        time.advance(Duration.ofMinutes(4));
        assertThat(budget.take(client)).as("the first does not count any more").isTrue();
        assertThat(budget.take(client)).isFalse();
    }

    @Test
    void declinedOfferIsNotRepeatedForTenMinutes() {
        assertThat(budget.isKnown(client)).isFalse();
        assertThat(budget.take(client)).isTrue();
        assertThat(budget.isKnown(client)).isTrue();
        budget.declined(client);
        time.advance(Duration.ofMinutes(9));
        assertThat(budget.take(client)).isFalse();
        time.advance(Duration.ofMinutes(1));
        assertThat(budget.take(client)).isTrue();
    }
}
