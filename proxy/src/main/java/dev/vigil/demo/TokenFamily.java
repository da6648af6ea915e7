// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import dev.vigil.auth.Deadline;
import dev.vigil.auth.Now;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One grant and its chain of refresh tokens, each good until it is replaced. Touched under the book's lock only. */
final class TokenFamily {
    final int number;
    final Ask ask;
    /** How often the refresh token of each generation was redeemed; the first entry is generation 1. */
    private final List<Integer> redeemed = new ArrayList<>();

    /** Refresh tokens that were replaced, each with the end of the time in which it may still be shown again. */
    private final Map<Fingerprint, Deadline> replaced = new HashMap<>();

    private boolean revoked;

    TokenFamily(int number, Ask ask) {
        this.number = number;
        this.ask = ask;
    }

    /** Begins the next generation. */
    int beginGeneration() {
        redeemed.add(0);
        return redeemed.size();
    }

    /** @param graceEnds counted from the first time: showing the token again gives no more time */
    void replace(Fingerprint refreshToken, Deadline graceEnds) {
        replaced.putIfAbsent(refreshToken, graceEnds);
    }

    boolean isSpent(Fingerprint refreshToken, Now now) {
        Deadline graceEnds = replaced.get(refreshToken);
        return graceEnds != null && graceEnds.isDue(now);
    }

    void countRedemption(int generation) {
        redeemed.set(generation - 1, redeemed.get(generation - 1) + 1);
    }

    void revoke() {
        revoked = true;
    }

    boolean isRevoked() {
        return revoked;
    }

    List<DemoAuthServer.Redemption> redemptions() {
        List<DemoAuthServer.Redemption> all = new ArrayList<>();
        for (int i = 0; i < redeemed.size(); i++) {
            all.add(new DemoAuthServer.Redemption(number, i + 1, redeemed.get(i)));
        }
        return all;
    }
}
