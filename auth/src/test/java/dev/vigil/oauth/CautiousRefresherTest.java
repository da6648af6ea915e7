// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.FailureCategory;
import dev.vigil.auth.Grant;
import dev.vigil.auth.Grants;
import dev.vigil.auth.RefreshOutcome;
import dev.vigil.auth.RefreshOutcome.Adopted;
import dev.vigil.auth.RefreshOutcome.Unreachable;
import dev.vigil.auth.Timeline;
import dev.vigil.oauth.OAuthTransport.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CautiousRefresherTest {
    private final Timeline time = new Timeline();
    private final Grant held = Grants.lasting(Duration.ofHours(1), time.now().wall());
    private final List<String> done = new ArrayList<>();
    private Answer probed = new Answer.Answered(404, List.of(), new byte[0]);
    private String network = "10.0.0.7/24";
    private final CautiousRefresher refresher = new CautiousRefresher(
            (grant, terms) -> {
                done.add("refresh");
                return new Adopted(grant);
            },
            (request, limit) -> {
                done.add(request.method() + " " + request.url());
                return probed;
            },
            () -> network,
            time);

    @Test
    void quietNightNeedsNoProbe() {
        for (int hour = 0; hour < 8; hour++) {
            time.advance(Duration.ofHours(1));
            refresh();
        }
        assertThat(done).hasSize(8).containsOnly("refresh");
    }

    @Test
    void afterASleepTheTokenHostIsAskedSomethingHarmlessFirst() {
        time.leap(Duration.ofHours(8));
        refresh();
        refresh();
        assertThat(done).containsExactly("GET https://auth.example.com/", "refresh", "refresh");
    }

    @Test
    void afterAChangeOfNetworkToo() {
        network = "192.168.1.4/24";
        refresh();
        refresh();
        assertThat(done).containsExactly("GET https://auth.example.com/", "refresh", "refresh");
    }

    @Test
    void whileNobodyAnswersNothingIsSpent() {
        time.leap(Duration.ofMinutes(-10));
        for (Answer none : List.of(
                new Answer.NotConnected("no route"),
                new Answer.NotSent("closed"),
                new Answer.SentWithoutAnswer("reset"))) {
            probed = none;
            assertThat(refresh())
                    .isInstanceOfSatisfying(
                            Unreachable.class, not -> assertThat(not.category()).isEqualTo(FailureCategory.NETWORK));
        }
        assertThat(done).doesNotContain("refresh");
        probed = new Answer.Answered(200, List.of(), new byte[0]);
        assertThat(refresh()).isInstanceOf(Adopted.class);
    }

    private RefreshOutcome refresh() {
        return refresher.refresh(held);
    }
}
