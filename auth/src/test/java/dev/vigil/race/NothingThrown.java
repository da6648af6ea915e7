// SPDX-License-Identifier: Apache-2.0
package dev.vigil.race;

import java.util.List;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionResult;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.kotlinx.lincheck.util.ExceptionResult;
import org.jetbrains.lincheck.datastructures.verifier.Verifier;

/** An order of steps is good when no operation threw; what must hold in the end, the scenario checks by itself. */
public final class NothingThrown implements Verifier {

    /** @param specification not asked for anything, but the model checker hands it over */
    public NothingThrown(Class<?> specification) {}

    @Override
    public boolean verifyResults(ExecutionScenario scenario, ExecutionResult results) {
        return results.getParallelResultsWithClock().stream()
                .flatMap(List::stream)
                .noneMatch(ended -> ended.getResult() instanceof ExceptionResult);
    }
}
