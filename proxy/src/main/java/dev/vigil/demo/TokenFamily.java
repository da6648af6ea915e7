// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One grant and its chain of refresh tokens, of which only the newest may be used. Touched under the book's lock only. */
final class TokenFamily {
    final int number;
    final Ask ask;
    /** How often the refresh token of each generation was redeemed; the first entry is generation 1. */
    private final List<Integer> redeemed = new ArrayList<>();

    private Optional<Fingerprint> newest = Optional.empty();
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

    void hold(Fingerprint refreshToken) {
        newest = Optional.of(refreshToken);
    }

    boolean isSpent(Fingerprint refreshToken) {
        return !newest.equals(Optional.of(refreshToken));
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
