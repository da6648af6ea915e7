// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.auth.DurableRefresher;
import dev.vigil.auth.NotedLosses;
import dev.vigil.auth.Refresher;
import java.lang.reflect.Method;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A wrap that does not pass on what it does not change would silently switch it off. */
class WrapsTest {
    @ParameterizedTest
    @ValueSource(classes = {CautiousRefresher.class, NotedLosses.class, DurableRefresher.class})
    void everyWrapPassesTheTermsOn(Class<? extends Refresher> wrap) throws NoSuchMethodException {
        Method own = wrap.getDeclaredMethod("refresh", dev.vigil.auth.Grant.class, Refresher.Terms.class);
        assertThat(own.getDeclaringClass()).isEqualTo(wrap);
    }

    /** The one that saves asks the question instead of passing it on. */
    @ParameterizedTest
    @ValueSource(classes = {CautiousRefresher.class, NotedLosses.class})
    void everyWrapPassesTheQuestionOn(Class<? extends Refresher> wrap) {
        assertThat(Arrays.stream(wrap.getDeclaredMethods()).map(Method::getName))
                .contains("isUnspent");
    }
}
