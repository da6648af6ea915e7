// SPDX-License-Identifier: Apache-2.0
package dev.vigil.auth;

import dev.vigil.auth.VaultException.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What outlives a crash: grants, intents, and what was learned about issuers. Each process sees it through a vault of its
 * own, whose locks the kernel frees when the process dies. Waiting for a lock takes simulated time.
 */
public final class SimulatedDisk {
    /** What happens around each write; a fault of the test may strike there. */
    public interface Steps {
        /** @throws VaultException when the disk refuses */
        void before(String step, String connector);

        void after(String step, String connector);
    }

    private final Steps steps;
    private final Map<String, Grant> grants = new HashMap<>();
    private final Map<String, Optional<String>> stamps = new HashMap<>();
    private final Map<String, Intent> intents = new HashMap<>();
    private final Set<String> locks = new HashSet<>();
    private final Set<String> strictIssuers = new HashSet<>();
    private long writes;
    private boolean forgetsIntents;
    private int losesEvery = Integer.MAX_VALUE;

    public SimulatedDisk(Steps steps) {
        this.steps = steps;
    }

    public Optional<Grant> grant(String connector) {
        return Optional.ofNullable(grants.get(connector));
    }

    /** Planted defect: no intent is ever found again. */
    void forgetIntents() {
        forgetsIntents = true;
    }

    /** Planted defect: now and then a save that went well has not happened. */
    void loseEvery(int saves) {
        losesEvery = saves;
    }

    /** Is there one, whatever it is about? */
    public boolean hasIntent(String connector) {
        return intents.containsKey(connector);
    }

    /** Does a refresh hold the lock of this connector? */
    boolean isLocked(String connector) {
        return locks.contains(connector);
    }

    public boolean isLocked() {
        return !locks.isEmpty();
    }

    /** A login in another process. */
    void store(Grant grant) {
        put(grant);
        intents.remove(grant.connector());
    }

    public IssuerBook issuers() {
        return new IssuerBook() {
            @Override
            public boolean isStrict(String issuer) {
                return strictIssuers.contains(issuer);
            }

            @Override
            public void learnStrict(String issuer) {
                strictIssuers.add(issuer);
            }
        };
    }

    public static VaultException full(String connector) {
        return new VaultException(Kind.IO, Path.of("grants", connector + ".sealed"), "no space left on device");
    }

    private void put(Grant grant) {
        grants.put(grant.connector(), grant);
        stamps.put(grant.connector(), Optional.of(String.valueOf(++writes)));
    }

    /** The vault of one process. */
    public final class View implements TokenVault {
        private final TimeSource time;

        public View(TimeSource time) {
            this.time = time;
        }

        @Override
        public Optional<Grant> load(String connector) {
            return grant(connector);
        }

        @Override
        public void save(Grant grant) {
            steps.before("save", grant.connector());
            if (++writes % losesEvery != 0) {
                put(grant);
            }
            steps.after("save", grant.connector());
        }

        @Override
        public void delete(String connector) {
            steps.before("delete", connector);
            grants.remove(connector);
            stamps.remove(connector);
            steps.after("delete", connector);
        }

        @Override
        public List<String> connectors() {
            return grants.keySet().stream().sorted().toList();
        }

        @Override
        public Optional<String> stamp(String connector) {
            return stamps.getOrDefault(connector, Optional.empty());
        }

        @Override
        public Claim claim(String connector, Duration patience) {
            Duration end = time.now().monotonic().plus(patience);
            while (!locks.add(connector)) {
                if (Turns.isInstant() || time.now().monotonic().compareTo(end) >= 0) {
                    throw new VaultException(Kind.BUSY, Path.of("locks", connector), "locked: " + connector);
                }
                Turns.pause(Duration.ofMillis(200));
            }
            return new Lock(connector);
        }

        @Override
        public void writeIntent(Grant held) {
            checkClaimed(held.connector());
            steps.before("intent", held.connector());
            String fingerprint = String.valueOf(held.tokens().refreshToken().hashCode());
            long generation = held.tokens().generation();
            intents.put(
                    held.connector(),
                    new Intent(
                            held.connector(),
                            generation,
                            fingerprint,
                            time.now().wall()));
            steps.after("intent", held.connector());
        }

        @Override
        public void clearIntent(String connector) {
            checkClaimed(connector);
            steps.before("clear", connector);
            intents.remove(connector);
            steps.after("clear", connector);
        }

        @Override
        public Optional<Intent> intent(String connector) {
            return forgetsIntents ? Optional.empty() : Optional.ofNullable(intents.get(connector));
        }

        private void checkClaimed(String connector) {
            if (!locks.contains(connector)) {
                throw new AssertionError(connector + " is not claimed");
            }
        }
    }

    private final class Lock implements TokenVault.Claim {
        private final String connector;
        private boolean released;

        Lock(String connector) {
            this.connector = connector;
        }

        @Override
        public void close() {
            if (!released) {
                released = true;
                locks.remove(connector);
            }
        }
    }
}
