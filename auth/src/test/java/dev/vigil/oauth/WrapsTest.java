// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.DurableRefresher;
import dev.vigil.auth.Grant;
import dev.vigil.auth.Grants;
import dev.vigil.auth.IssuerBook;
import dev.vigil.auth.LossBook;
import dev.vigil.auth.MemoryVault;
import dev.vigil.auth.NotedLosses;
import dev.vigil.auth.RefreshOutcome;
import dev.vigil.auth.RefreshOutcome.Adopted;
import dev.vigil.auth.RefreshPolicy;
import dev.vigil.auth.RefreshSettings;
import dev.vigil.auth.Refresher;
import dev.vigil.auth.Refresher.Terms;
import dev.vigil.auth.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A wrap that does not pass on what it does not change would silently switch it off. */
class WrapsTest {
    private final Timeline time = new Timeline();
    private final MemoryVault vault = new MemoryVault(time);
    private final Grant held = Grants.lasting(Duration.ofHours(1), time.now().wall());
    private final List<Terms> heard = new ArrayList<>();
    private final Refresher inner = new Refresher() {
        @Override
        public RefreshOutcome refresh(Grant grant, Terms terms) {
            heard.add(terms);
            return new Adopted(grant);
        }

        @Override
        public boolean isUnspent(Grant grant) {
            return true;
        }
    };
    private final Refresher cautious = new CautiousRefresher(
            inner, (request, limit) -> new OAuthTransport.Answer.NotConnected("no route"), () -> "home", time);
    private final Refresher noted = new NotedLosses(inner, LossBook.BLANK);
    private final Refresher durable = new DurableRefresher(
            vault, inner, new RefreshPolicy("laptop", any -> RefreshSettings.DEFAULT), IssuerBook.BLANK, time);

    @Test
    void everyWrapPassesTheTermsOn() {
        vault.appear(held);
        Terms terms = Terms.NOTHING_TO_LOSE.onlyWhile(() -> false);
        for (Refresher wrap : List.of(cautious, noted, durable)) {
            heard.clear();
            wrap.refresh(held, terms);
            assertThat(heard).as("%s", wrap.getClass()).containsExactly(terms);
        }
    }

    /** The one that saves asks the question instead of passing it on. */
    @Test
    void everyWrapPassesTheQuestionOn() {
        for (Refresher wrap : List.of(cautious, noted)) {
            assertThat(wrap.isUnspent(held)).as("%s", wrap.getClass()).isTrue();
        }
    }
}
