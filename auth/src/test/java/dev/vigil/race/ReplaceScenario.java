// SPDX-License-Identifier: Apache-2.0
package dev.vigil.race;

import dev.vigil.auth.Grant;
import dev.vigil.auth.Grants;
import dev.vigil.auth.MemoryVault;
import dev.vigil.auth.RefreshOutcome;
import dev.vigil.auth.RefreshOutcome.Adopted;
import dev.vigil.auth.RefreshOutcome.Refreshed;
import dev.vigil.auth.Refresher;
import dev.vigil.auth.Timeline;
import dev.vigil.auth.TokenVault;
import java.time.Duration;
import java.util.List;
import java.util.function.BiFunction;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;

/** Processes that hold the same grant and refresh it at once, each by itself, over one vault and one server. */
public abstract class ReplaceScenario {
    private final Timeline time = new Timeline();
    private final MemoryVault vault = new MemoryVault(time);
    private final Grant first = Grants.lasting(Duration.ofHours(1), time.now().wall());
    private final RotatingServer server = new RotatingServer(time, 1);
    private final BiFunction<TokenVault, ReplaceScenario, Refresher> process;

    ReplaceScenario(BiFunction<TokenVault, ReplaceScenario, Refresher> process) {
        this.process = process;
        vault.appear(first);
    }

    /** The product's refresher: must hold. */
    public static final class OfTheProduct extends ReplaceScenario {
        public OfTheProduct() {
            super((vault, scenario) -> scenario.real(vault));
        }
    }

    /** The product's refresher over claims that keep nobody out. */
    public static final class WithoutAClaim extends ReplaceScenario {
        public WithoutAClaim() {
            super((vault, scenario) -> scenario.real(new UnclaimedVault(vault)));
        }
    }

    public static final class OfARashRefresher extends ReplaceScenario {
        public OfARashRefresher() {
            super((vault, scenario) -> new RashRefresher(vault, scenario.server));
        }
    }

    @Operation
    public void refresh() {
        renewed(first);
    }

    /** As long as two lifetimes. */
    @Operation
    public void refreshTwice() {
        renewed(renewed(first));
    }

    @Validate
    public void check() {
        refuse(server.reused() > 0, "an old refresh token was sent");
        long stored = vault.load("notion").orElseThrow().tokens().generation();
        refuse(stored != server.live(), "the server holds " + server.live() + " live, and " + stored + " is stored");
        List<String> saves =
                vault.journal().stream().filter(line -> line.startsWith("save")).toList();
        refuse(!saves.equals(saves.stream().sorted().distinct().toList()), "an older one overwrote a newer: " + saves);
    }

    private Grant renewed(Grant held) {
        RefreshOutcome outcome = process.apply(vault, this).refresh(held);
        if (outcome instanceof Refreshed refreshed) {
            return refreshed.grant();
        }
        return outcome instanceof Adopted adopted ? adopted.grant() : held;
    }

    private Refresher real(TokenVault over) {
        return RealKeeper.durable(over, server, time);
    }

    private static void refuse(boolean broken, String what) {
        if (broken) {
            throw new IllegalStateException(what);
        }
    }
}
