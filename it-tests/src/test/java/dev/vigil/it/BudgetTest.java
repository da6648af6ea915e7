// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;

/** How large things may become before somebody must think again. */
class BudgetTest {
    private static final int LONGEST_FILE = 250;
    private static final int LONG_FILE = 200;
    private static final int LONGEST_METHOD = 40;
    private static final int LONG_METHOD = 20;
    private static final double SHARE_THAT_MAY_BE_LONG = 0.05;
    private static final double PACKAGE_PRIVATE_AT_LEAST = 0.35;
    private static final int VOLATILE_FIELDS_AT_MOST = 5;

    private static final List<Source> MAIN = Source.parse(Checkout.mainSources());
    private static final List<Source> TESTS = Source.parse(Checkout.testSources());

    @Test
    void filesStayShort() {
        assertThat(MAIN)
                .filteredOn(source -> source.lines() > LONGEST_FILE)
                .extracting(source -> source.lines() + " lines: " + Checkout.shown(source.file()))
                .isEmpty();
        assertThat(shareAbove(MAIN, Source::lines, LONG_FILE))
                .as("share of files with more than " + LONG_FILE + " lines")
                .isLessThanOrEqualTo(SHARE_THAT_MAY_BE_LONG);
    }

    @Test
    void methodsStayShort() {
        List<Source.Method> methods =
                MAIN.stream().flatMap(source -> source.methods().stream()).toList();

        assertThat(methods)
                .filteredOn(method -> method.lines() > LONGEST_METHOD)
                .isEmpty();
        assertThat(shareAbove(methods, Source.Method::lines, LONG_METHOD))
                .as("share of methods with more than " + LONG_METHOD + " lines")
                .isLessThanOrEqualTo(SHARE_THAT_MAY_BE_LONG);
    }

    private static <T> double shareAbove(List<T> all, ToIntFunction<T> size, int limit) {
        return (double) all.stream()
                        .filter(each -> size.applyAsInt(each) > limit)
                        .count()
                / all.size();
    }

    @Test
    void typesArePackagePrivateByDefault() {
        List<Source.TopLevelType> types =
                MAIN.stream().flatMap(source -> source.types().stream()).toList();
        long hidden = types.stream().filter(type -> !type.isPublic()).count();

        assertThat((double) hidden / types.size())
                .as("share of package-private types")
                .isGreaterThanOrEqualTo(PACKAGE_PRIVATE_AT_LEAST);
    }

    @Test
    void fewFieldsAreVolatile() {
        assertThat(MAIN).flatExtracting(Source::volatileFields).hasSizeLessThanOrEqualTo(VOLATILE_FIELDS_AT_MOST);
    }

    @Test
    void noMockingLibraryIsUsed() {
        assertThat(TESTS)
                .filteredOn(source -> source.uses().stream()
                        .anyMatch(name -> name.matches("(org\\.(mockito|easymock|powermock)|mockit|io\\.mockk)\\..*")))
                .extracting(source -> Checkout.shown(source.file()))
                .isEmpty();
    }

    @Test
    void noTestSleeps() {
        assertThat(TESTS)
                .filteredOn(source -> source.usesEndingWith("Thread.sleep")
                        || source.uses().stream().anyMatch(name -> name.matches("(.*\\.)?TimeUnit\\.\\w+\\.sleep")))
                .extracting(source -> Checkout.shown(source.file()))
                .isEmpty();
    }

    @Test
    void testsWeighAboutAsMuchAsWhatTheyTest() {
        int main = MAIN.stream().mapToInt(Source::lines).sum();
        int tests = TESTS.stream().mapToInt(Source::lines).sum();
        System.out.printf("%d lines of tests to %d lines of product: %.2f%n", tests, main, (double) tests / main);

        assertThat(tests).isBetween(main / 3, main * 3);
    }
}
