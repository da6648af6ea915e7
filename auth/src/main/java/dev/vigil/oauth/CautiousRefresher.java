// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import dev.vigil.auth.Grant;
import dev.vigil.auth.NetworkView;
import dev.vigil.auth.Now;
import dev.vigil.auth.OAuthBinding;
import dev.vigil.auth.RefreshOutcome;
import dev.vigil.auth.RefreshOutcome.Unreachable;
import dev.vigil.auth.Refresher;
import dev.vigil.auth.TimeSource;
import dev.vigil.auth.WrappingRefresher;
import dev.vigil.oauth.OAuthTransport.Answer.Answered;

/**
 * Spends no refresh token into a network that is not there yet. After a sleep, a clock that was set, or a change of network
 * it first asks the token host for something harmless, and passes the refresh on only when a whole answer has come. (That a
 * connection stands before the token is written is the transport's business; here it is about the way back.)
 *
 * <p>Any {@code refresh-io} thread may call.
 */
public final class CautiousRefresher implements WrappingRefresher {
    private final Refresher inner;
    private final OAuthCalls calls;
    private final NetworkView network;
    private final TimeSource time;

    /** When and where an answer came last. Guarded by this. */
    private Known known;

    private record Known(Now at, String network) {
        boolean isStillTrue(Now now, String word) {
            return network.equals(word) && !now.hasLeaptSince(at);
        }
    }

    public CautiousRefresher(Refresher inner, OAuthTransport transport, NetworkView network, TimeSource time) {
        this.inner = inner;
        this.calls = new OAuthCalls(transport);
        this.network = network;
        this.time = time;
        this.known = new Known(time.now(), network.word());
    }

    @Override
    public Refresher inner() {
        return inner;
    }

    @Override
    public RefreshOutcome refresh(Grant held, Terms terms) {
        Now now = time.now();
        String word = network.word();
        boolean hasChanged = !known().isStillTrue(now, word);
        if (hasChanged
                && held.oauth().isPresent()
                && !isReachable(held, held.oauth().get())) {
            return Unreachable.noWay(
                    "after a sleep or a change of network the authorization server does not answer yet");
        }
        know(new Known(now, word));
        return inner.refresh(held, terms);
    }

    /** Any answer will do, also a 404. */
    private boolean isReachable(Grant held, OAuthBinding binding) {
        return calls.metadata(binding.tokenEndpoint().resolve("/"), Reach.of(held.server())) instanceof Answered;
    }

    private synchronized Known known() {
        return known;
    }

    private synchronized void know(Known next) {
        known = next;
    }
}
