// SPDX-License-Identifier: Apache-2.0
package dev.vigil.race;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;

/**
 * A few threads, each with a few operations of one scenario, run in many orders of steps: a thread may lose its turn before
 * any access to shared memory. The scenario is a public class with a public constructor, public operations, and a public
 * method {@code check} that throws when an order has broken something; a new object is made for each order.
 *
 * <p>What no operation may call: regular expressions, of which Lincheck 3.7 loses its way and then tries no more orders
 * without saying so; and {@code Lincheck.runConcurrentTest} finds nothing at all on JDK 25, not even a lost increment. Both
 * are why every search here has a twin with a planted race.
 */
final class Interleavings {
    private final Class<?> scenario;
    private final int orders;
    private final List<List<Actor>> threads = new ArrayList<>();

    /** @param orders how many to try at most */
    Interleavings(Class<?> scenario, int orders) {
        this.scenario = scenario;
        this.orders = orders;
    }

    /** One more thread that calls these operations of the scenario, one after the other. */
    Interleavings thread(String... operations) {
        threads.add(Arrays.stream(operations).map(this::actor).toList());
        return this;
    }

    /** @throws AssertionError with the order of steps that broke the scenario */
    void explore() {
        new ModelCheckingOptions()
                .iterations(0) // none but ours
                .addCustomScenario(new ExecutionScenario(List.of(), threads, List.of(), actor("check")))
                .invocationsPerIteration(orders)
                .minimizeFailedScenario(false)
                .verifier(NothingThrown.class)
                .check(scenario);
    }

    private Actor actor(String operation) {
        try {
            Method method = scenario.getMethod(operation);
            return new Actor(method, List.of());
        } catch (NoSuchMethodException e) {
            throw new IllegalArgumentException(scenario + " has no operation " + operation, e);
        }
    }
}
