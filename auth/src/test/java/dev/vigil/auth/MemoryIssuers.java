// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** An issuer book without a disk. Any thread. */
public final class MemoryIssuers implements IssuerBook {
    private final Set<String> strict = ConcurrentHashMap.newKeySet();

    @Override
    public boolean isStrict(String issuer) {
        return strict.contains(issuer);
    }

    @Override
    public void learnStrict(String issuer) {
        strict.add(issuer);
    }
}
