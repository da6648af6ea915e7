// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import dev.vigil.demo.TokenFault;
import dev.vigil.it.Calls.End;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/**
 * What can go wrong, how it begins and how it ends; what callers hear while it lasts, and how often which sign of it must
 * be seen before it may end.
 */
enum ChaosFault {
    CLOCK_AHEAD("wall clock jumps +10 min, and back", End.OK, 2, ChaosSign.CLOCK_OFF) {
        @Override
        void begin(ChaosWorld world) {
            world.clock.orElseThrow().isOff(Duration.ofMinutes(10));
        }
    },
    CLOCK_BEHIND("wall clock jumps -10 min, and back", End.OK, 2, ChaosSign.CLOCK_OFF) {
        @Override
        void begin(ChaosWorld world) {
            world.clock.orElseThrow().isOff(Duration.ofMinutes(-10));
        }
    },
    /** Callers, daemon and its monotonic clock stand still; the world goes on, and its connections are gone. */
    SLEEP("sleep of 8 h", End.OK, 1, ChaosSign.CLOCK_OFF) {
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
    TOKENS_503("token endpoint answers 503", End.SKIPPED, 3, ChaosSign.STRUCK) {
        @Override
        void begin(ChaosWorld world) {
            world.faults.always(TokenFault.status(503));
        }
    },
    TOKENS_SLOW("token endpoint takes 7 s", End.OK, 1, ChaosSign.SLOW) {
        @Override
        void begin(ChaosWorld world) {
            world.faults.always(TokenFault.delayBeforeCommit(SLOW));
        }
    },
    TOKENS_SILENT("token endpoint never answers", End.SKIPPED, 1, ChaosSign.STRUCK) {
        @Override
        void begin(ChaosWorld world) {
            world.faults.always(TokenFault.neverAnswer());
        }
    },
    TOKENS_HTML("token endpoint answers HTML on 200", End.SKIPPED, 3, ChaosSign.STRUCK) {
        @Override
        void begin(ChaosWorld world) {
            world.faults.always(TokenFault.htmlOn200());
        }
    },
    TOKENS_RESET("token endpoint resets before commit", End.SKIPPED, 3, ChaosSign.STRUCK) {
        @Override
        void begin(ChaosWorld world) {
            world.faults.always(new TokenFault.DropBeforeCommit());
        }
    },
    LOST_LENIENT("answer lost, server forgives", End.OK, 1, ChaosSign.ANSWER_LOST) {
        @Override
        void begin(ChaosWorld world) {
            world.faults.next(1, new TokenFault.DropAfterCommit(), REFRESH);
        }
    },
    LOST_STRICT("answer lost, server revokes on reuse", End.LOGIN_WANTED, 1, ChaosSign.LOGIN_DEMANDED) {
        @Override
        void begin(ChaosWorld world) {
            world.faults.next(1, new TokenFault.DropAfterCommit(), REFRESH);
        }
    },
    REVOKED("grant revoked", End.LOGIN_WANTED, 1, ChaosSign.LOGIN_DEMANDED) {
        @Override
        void begin(ChaosWorld world) {
            world.auth().revokeEverything();
        }
    },
    PURGED("client purged (invalid_client)", End.LOGIN_WANTED, 1, ChaosSign.LOGIN_DEMANDED) {
        @Override
        void begin(ChaosWorld world) {
            world.forgetClients();
        }
    },
    DISK_FULL("disk full before a refresh", End.SKIPPED, 2, ChaosSign.PUT_OFF) {
        @Override
        void begin(ChaosWorld world) {
            world.fillDisk();
        }
    },
    DISK_FULL_MIDWAY("disk full between refresh and save", End.OK, 1, ChaosSign.UNSAVED) {
        @Override
        void begin(ChaosWorld world) {
            world.emptyDisk(); // it is; but where the switch is missing the test ends here
            CompletableFuture<Void> full = new CompletableFuture<>();
            world.faults.next(1, new TokenFault.HoldAfterCommit(() -> filling(world, full)), REFRESH);
            Await.until(LIMIT, full::isDone, () -> "no refresh came");
        }
    },
    DAEMON_PAUSED("daemon stopped over an expiry", End.OK, 1, ChaosSign.WAITING) {
        /** Where callers call, in the middle of a token's life: so it ends before they give up. */
        @Override
        void begin(ChaosWorld world) {
            int callers = world.calls.callers();
            world.mark();
            Await.until(LIMIT, () -> world.acceptedSinceMark() > 0, () -> "no refresh came");
            long before = world.calls.count(any -> true);
            Await.until(LIMIT, () -> world.calls.count(any -> true) >= before + 2L * callers, () -> "no answers come");
            world.stopBetweenRefreshes();
            Await.until(LIMIT, world.hearing::newestTokenHasEnded, () -> "tokens are renewed all the same");
            world.calls.callers(Math.max(1, callers));
            Await.until(LIMIT, () -> world.calls.waiting() >= callers, () -> "not all callers wait");
        }

        @Override
        void lift(ChaosWorld world) {
            world.goOn();
        }
    },
    CRON_PAUSED("vigil refresh stopped at the lock", End.OK, 2, ChaosSign.MEANWHILE) {
        @Override
        long during(ChaosWorld world, LongSupplier lasting) {
            try (ChaosCron cron = ChaosCron.behindTheDaemon(world)) {
                cron.stopped();
                long felt = lasting.getAsLong();
                cron.goOn().expect(0);
                return felt;
            }
        }
    },
    TWO_PROCESSES("two processes at one lock, each first once", End.OK, 1, ChaosSign.ADOPTED) {
        @Override
        long during(ChaosWorld world, LongSupplier lasting) {
            try (ChaosCron second = ChaosCron.behindTheDaemon(world)) {
                second.answered().expect(0);
            }
            try (ChaosCron first = ChaosCron.aheadOfTheDaemon(world)) {
                first.answered().expect(1);
                return lasting.getAsLong();
            }
        }
    },
    BUCKET_FITFUL("bucket fails, lies, goes and is slow", End.OK, 2, ChaosSign.UNAGREED) {
        @Override
        long during(ChaosWorld world, LongSupplier lasting) {
            for (ChaosGust gust : ChaosGust.values()) {
                gust.blow(world);
            }
            return lasting.getAsLong();
        }
    },
    BUCKET_AWAY("bucket away for longer than a token lives", End.SKIPPED, 2, ChaosSign.UNAGREED) {
        @Override
        void begin(ChaosWorld world) {
            world.bucket().server.unplug();
        }

        @Override
        void lift(ChaosWorld world) {
            world.bucket().server.plugIn();
        }
    };

    static final String REFRESH = "refresh_token";
    static final Duration SLOW = Duration.ofSeconds(7);
    static final Duration LIMIT = Duration.ofSeconds(60);

    final String title;
    final End answer;
    final int enough;
    final ChaosSign sign;

    /**
     * @param answer what callers hear while it lasts
     * @param enough of the sign, before it may end
     */
    ChaosFault(String title, End answer, int enough, ChaosSign sign) {
        this.title = title;
        this.answer = answer;
        this.enough = enough;
        this.sign = sign;
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

    boolean strikesTheBucket() {
        return sign == ChaosSign.UNAGREED;
    }

    /**
     * Does another fault end a refresh in the same way? HTML and a reset are as unreachable as 503, and a purged client is as
     * good as a revoked grant: the lease is given back in the same way, and nothing else goes to the bucket.
     */
    boolean isLikeAnotherToTheBucket() {
        return this == TOKENS_HTML || this == TOKENS_RESET || this == PURGED;
    }

    boolean needsAPerson() {
        return answer == End.LOGIN_WANTED;
    }

    /** Does nobody hear anything before it ends? */
    boolean silencesTheDaemon() {
        return this == DAEMON_PAUSED;
    }

    /** How long the authorization server answers a spent refresh token again. */
    Duration reuseGrace() {
        return this == LOST_LENIENT ? Duration.ofSeconds(60) : Duration.ZERO;
    }

    /**
     * Of access tokens: the shortest for which all of the product's thresholds are in order, and longer where something else
     * takes its time.
     *
     * @param shared in a bucket, which the second process reads before it comes to the lock
     */
    Duration life(boolean shared) {
        boolean hasTwo = this == CRON_PAUSED || this == TWO_PROCESSES;
        return Duration.ofSeconds(hasTwo && shared ? 30 : this == BUCKET_FITFUL ? 20 : 10);
    }

    void begin(ChaosWorld world) {}

    /** @param lasting returns when it has been felt, with the count of its sign */
    long during(ChaosWorld world, LongSupplier lasting) {
        return lasting.getAsLong();
    }

    /** Puts right what {@link #begin} broke; a token endpoint is put right in any case. */
    void lift(ChaosWorld world) {
        if (this == CLOCK_AHEAD || this == CLOCK_BEHIND) {
            world.clock.orElseThrow().isOff(Duration.ZERO);
        }
        if (fillsTheDisk()) {
            world.emptyDisk();
        }
    }

    /** The answer waits until the disk is full. Elsewhere, since this is the event loop of the server. */
    private static CompletionStage<?> filling(ChaosWorld world, CompletableFuture<Void> full) {
        return CompletableFuture.runAsync(world::fillDisk).thenRun(() -> full.complete(null));
    }
}
