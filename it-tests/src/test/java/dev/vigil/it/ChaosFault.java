// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import dev.vigil.demo.TokenFault;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What can go wrong, how it begins and how it ends. */
enum ChaosFault {
    CLOCK_AHEAD("wall clock jumps +10 min, and back", Mended.BY_ITSELF) {
        @Override
        void begin(ChaosWorld world) {
            world.clock.orElseThrow().isOff(Duration.ofMinutes(10));
        }

        @Override
        void lift(ChaosWorld world) {
            world.clock.orElseThrow().isOff(Duration.ZERO);
        }
    },
    CLOCK_BEHIND("wall clock jumps -10 min, and back", Mended.BY_ITSELF) {
        @Override
        void begin(ChaosWorld world) {
            world.clock.orElseThrow().isOff(Duration.ofMinutes(-10));
        }

        @Override
        void lift(ChaosWorld world) {
            world.clock.orElseThrow().isOff(Duration.ZERO);
        }
    },
    /** Callers, daemon and its monotonic clock stand still; the world goes on, and its connections are gone. */
    SLEEP("sleep of 8 h", Mended.BY_ITSELF) {
        @Override
        void begin(ChaosWorld world) {
            Duration night = Duration.ofHours(8);
            world.calls.inSilence(() -> {
                world.stop();
                world.time.pass(night);
                world.clock.orElseThrow().isOff(night);
                world.mcp.closeConnections();
                world.goOn();
            });
        }
    },
    TOKENS_503("token endpoint answers 503", Mended.BY_ITSELF) {
        @Override
        void begin(ChaosWorld world) {
            world.faults.always(TokenFault.status(503));
        }
    },
    TOKENS_SLOW("token endpoint takes 7 s", Mended.BY_ITSELF) {
        @Override
        void begin(ChaosWorld world) {
            world.faults.always(TokenFault.delayBeforeCommit(Duration.ofSeconds(7)));
        }
    },
    TOKENS_SILENT("token endpoint never answers", Mended.BY_ITSELF) {
        @Override
        void begin(ChaosWorld world) {
            world.faults.always(TokenFault.neverAnswer());
        }
    },
    TOKENS_HTML("token endpoint answers HTML on 200", Mended.BY_ITSELF) {
        @Override
        void begin(ChaosWorld world) {
            world.faults.always(TokenFault.htmlOn200());
        }
    },
    TOKENS_RESET("token endpoint resets before commit", Mended.BY_ITSELF) {
        @Override
        void begin(ChaosWorld world) {
            world.faults.always(new TokenFault.DropBeforeCommit());
        }
    },
    LOST_LENIENT("answer lost, server forgives", Mended.BY_ITSELF) {
        @Override
        void begin(ChaosWorld world) {
            loseAnswer(world);
        }
    },
    LOST_STRICT("answer lost, server revokes on reuse", Mended.BY_A_PERSON_OR_ITSELF) {
        @Override
        void begin(ChaosWorld world) {
            loseAnswer(world);
        }
    },
    REVOKED("grant revoked", Mended.BY_A_PERSON) {
        @Override
        void begin(ChaosWorld world) {
            world.auth().revokeEverything();
        }
    },
    PURGED("client purged (invalid_client)", Mended.BY_A_PERSON) {
        @Override
        void begin(ChaosWorld world) {
            world.forgetClients();
        }
    },
    DISK_FULL("disk full before a refresh", Mended.BY_ITSELF) {
        @Override
        void begin(ChaosWorld world) {
            world.fillDisk();
        }

        @Override
        void lift(ChaosWorld world) {
            world.emptyDisk();
        }
    },
    DISK_FULL_MIDWAY("disk full between refresh and save", Mended.BY_ITSELF) {
        @Override
        void begin(ChaosWorld world) {
            world.emptyDisk(); // it is; but where the switch is missing the test ends here
            int before = world.auth().counts().refreshes();
            CompletableFuture<Void> full = new CompletableFuture<>();
            world.faults.next(1, new TokenFault.HoldAfterCommit(() -> filling(world, full)), REFRESH);
            Await.until(LIMIT, full::isDone, () -> "no refresh came");
            Await.until(LIMIT, () -> world.auth().counts().refreshes() > before, () -> "no refresh was accepted");
        }

        @Override
        void lift(ChaosWorld world) {
            world.emptyDisk();
        }
    },
    PAUSED("daemon stopped over an expiry", Mended.BY_ITSELF) {
        /** Late enough in the life of a token that it ends before callers give up, and too early for a refresh. */
        @Override
        void begin(ChaosWorld world) {
            int before = world.auth().counts().refreshes();
            Await.until(LIMIT, () -> world.auth().counts().refreshes() > before, () -> "no refresh came");
            Await.pass(ChaosWorld.LIFE.dividedBy(4));
            world.stop();
        }

        @Override
        void lift(ChaosWorld world) {
            world.goOn();
        }
    },
    TWO_PROCESSES("two processes on one home", Mended.BY_ITSELF) {
        @Override
        void during(ChaosWorld world, Runnable window) {
            try (SecondRefresher second = new SecondRefresher(world.home(), ChaosWorld.CONNECTOR)) {
                window.run();
            }
        }
    };

    /** Whose doing the end of it is. */
    enum Mended {
        BY_ITSELF,
        BY_A_PERSON,
        BY_A_PERSON_OR_ITSELF
    }

    private static final String REFRESH = "refresh_token";
    private static final Duration LIMIT = Duration.ofSeconds(60);

    final String title;
    final Mended mended;

    ChaosFault(String title, Mended mended) {
        this.title = title;
        this.mended = mended;
    }

    boolean movesTheClock() {
        return this == CLOCK_AHEAD || this == CLOCK_BEHIND || this == SLEEP;
    }

    boolean fillsTheDisk() {
        return this == DISK_FULL || this == DISK_FULL_MIDWAY;
    }

    boolean losesAnAnswer() {
        return this == LOST_LENIENT || this == LOST_STRICT;
    }

    /** How long the authorization server answers a spent refresh token again. */
    Duration reuseGrace() {
        return this == LOST_LENIENT ? Duration.ofSeconds(60) : Duration.ZERO;
    }

    /** How long it stays. */
    Duration window() {
        return switch (this) {
            case SLEEP -> Duration.ZERO;
            case DISK_FULL_MIDWAY -> ChaosWorld.LIFE.dividedBy(2);
            case PAUSED -> ChaosWorld.LIFE.multipliedBy(4).dividedBy(5);
            default -> ChaosWorld.LIFE.plusSeconds(3);
        };
    }

    void begin(ChaosWorld world) {}

    void during(ChaosWorld world, Runnable window) {
        window.run();
    }

    /** Puts right what {@link #begin} broke; a token endpoint is put right in any case. */
    void lift(ChaosWorld world) {}

    private static void loseAnswer(ChaosWorld world) {
        int before = world.auth().counts().refreshes();
        world.faults.next(1, new TokenFault.DropAfterCommit(), REFRESH);
        Await.until(LIMIT, () -> world.auth().counts().refreshes() > before, () -> "no refresh came");
    }

    /** The answer waits until the disk is full. Elsewhere, since this is the event loop of the server. */
    private static CompletionStage<?> filling(ChaosWorld world, CompletableFuture<Void> full) {
        return CompletableFuture.runAsync(world::fillDisk).thenRun(() -> full.complete(null));
    }
}
