// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.sync.ObjectStore.Absent;
import dev.vigil.sync.ObjectStore.Entry;
import dev.vigil.sync.ObjectStore.Lost;
import dev.vigil.sync.ObjectStore.PutOutcome;
import dev.vigil.sync.ObjectStore.Stored;
import dev.vigil.sync.ObjectStore.Unchanged;
import dev.vigil.sync.ObjectStore.Version;
import dev.vigil.sync.ObjectStore.Written;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every store promises, whatever it is. Each test writes under a name of its own. */
public abstract class StoreContract {
    private String folder = "";

    /** The store under test, the same one for a whole test. */
    protected abstract ObjectStore store();

    @BeforeEach
    void takeAFolderOfOnesOwn() {
        folder = "contract/" + UUID.randomUUID() + "/";
    }

    @Test
    void whatIsWrittenIsRead() {
        Version version = written(store().putIfAbsent(folder + "a", bytes("one")));

        Stored stored = store().get(folder + "a").orElseThrow();
        assertThat(stored.content()).isEqualTo(bytes("one"));
        assertThat(stored.version()).isEqualTo(version);
    }

    @Test
    void anyBytesComeBack() {
        byte[] content = new byte[70_000];
        IntStream.range(0, content.length).forEach(i -> content[i] = (byte) (i * 31 / 7));
        store().putIfAbsent(folder + "a", content);

        assertThat(store().get(folder + "a").orElseThrow().content()).isEqualTo(content);
    }

    @Test
    void theLargestObjectFitsAndALargerOneIsAMistake() {
        store().putIfAbsent(folder + "a", new byte[ObjectStore.LONGEST_OBJECT]);

        assertThat(store().get(folder + "a").orElseThrow().content()).hasSize(ObjectStore.LONGEST_OBJECT);
        assertThatThrownBy(() -> store().putIfAbsent(folder + "b", new byte[ObjectStore.LONGEST_OBJECT + 1]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatIsAbsentIsEmpty() {
        assertThat(store().get(folder + "nothing")).isEmpty();
        assertThat(store().getIfChanged(folder + "nothing", new Version("any"))).isInstanceOf(Absent.class);
        assertThat(store().list(folder)).isEmpty();
    }

    @Test
    void whatExistsIsNotCreatedAgain() {
        store().putIfAbsent(folder + "a", bytes("one"));

        assertThat(store().putIfAbsent(folder + "a", bytes("two"))).isInstanceOf(Lost.class);
        assertThat(store().get(folder + "a").orElseThrow().content()).isEqualTo(bytes("one"));
    }

    @Test
    void onlyTheExpectedVersionIsReplaced() {
        Version first = written(store().putIfAbsent(folder + "a", bytes("one")));
        Version second = written(store().putIf(folder + "a", bytes("two"), first));

        assertThat(second).isNotEqualTo(first);
        assertThat(store().putIf(folder + "a", bytes("three"), first)).isInstanceOf(Lost.class);
        assertThat(store().get(folder + "a").orElseThrow().content()).isEqualTo(bytes("two"));
    }

    @Test
    void whatIsAbsentIsNotReplaced() {
        Version other = written(store().putIfAbsent(folder + "other", bytes("one")));

        assertThat(store().putIf(folder + "a", bytes("two"), other)).isInstanceOf(Lost.class);
        assertThat(store().get(folder + "a")).isEmpty();
    }

    @Test
    void whatIsKnownIsNotSentAgain() {
        Version first = written(store().putIfAbsent(folder + "a", bytes("one")));
        assertThat(store().getIfChanged(folder + "a", first)).isInstanceOf(Unchanged.class);

        written(store().putIf(folder + "a", bytes("two"), first));
        assertThat(store().getIfChanged(folder + "a", first))
                .isInstanceOfSatisfying(
                        Stored.class, stored -> assertThat(stored.content()).isEqualTo(bytes("two")));
    }

    @Test
    void listingsNameVersionSizeAndTimeOverManyPages() {
        Instant begun = Instant.now();
        IntStream.range(0, 25)
                .forEach(i -> store().putIfAbsent(folder + "in/" + (char) ('a' + i), bytes("x".repeat(i))));
        Version beside = written(store().putIfAbsent(folder + "beside", bytes("12345")));

        List<Entry> inside = store().list(folder + "in/");
        assertThat(inside)
                .hasSize(25)
                .extracting(Entry::key)
                .isSorted()
                .allMatch(key -> key.startsWith(folder + "in/"));
        assertThat(inside)
                .extracting(Entry::size)
                .containsExactlyElementsOf(
                        IntStream.range(0, 25).mapToObj(Long::valueOf).toList());
        assertThat(store().list(folder + "b")).singleElement().satisfies(entry -> {
            assertThat(entry.key()).isEqualTo(folder + "beside");
            assertThat(entry.version()).isEqualTo(beside);
            assertThat(Duration.between(begun, entry.lastModified()).abs()).isLessThan(Duration.ofMinutes(5));
        });
    }

    @Test
    void whatIsDeletedIsGoneAndDeletingTwiceIsFine() {
        store().putIfAbsent(folder + "a", bytes("one"));
        store().delete(folder + "a");
        store().delete(folder + "a");

        assertThat(store().get(folder + "a")).isEmpty();
        assertThat(store().list(folder)).isEmpty();
        written(store().putIfAbsent(folder + "a", bytes("two")));
    }

    @Test
    void oneOfManyCreatorsWins() throws Exception {
        assertOneWon(i -> store().putIfAbsent(folder + "a", bytes("by " + i)));
    }

    @Test
    void oneOfManyReplacersWins() throws Exception {
        Version first = written(store().putIfAbsent(folder + "a", bytes("first")));
        assertOneWon(i -> store().putIf(folder + "a", bytes("by " + i), first));
    }

    /** A real store may leave some without a clear answer when many write at once; the content tells about them. */
    private void assertOneWon(IntFunction<PutOutcome> write) throws Exception {
        List<Optional<PutOutcome>> outcomes = together(16, write);
        String standing = new String(store().get(folder + "a").orElseThrow().content(), UTF_8);
        List<String> winners = IntStream.range(0, 16)
                .filter(i -> outcomes.get(i).filter(Written.class::isInstance).isPresent())
                .mapToObj(i -> "by " + i)
                .toList();
        List<String> losers = IntStream.range(0, 16)
                .filter(i -> outcomes.get(i).filter(Lost.class::isInstance).isPresent())
                .mapToObj(i -> "by " + i)
                .toList();

        assertThat(standing).isNotIn(losers);
        if (losers.size() + winners.size() == 16) {
            assertThat(winners).containsExactly(standing);
        } else {
            assertThat(winners).hasSizeLessThanOrEqualTo(1).allMatch(standing::equals);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "/a", "a/", "a//b", "../a", "a/../b", "a/.b", ".a", "a b", "ä", "a\nb", "a+b", "a?b", "a%2Fb"
            })
    void namesThatAStoreMightTakeOtherwiseAreMistakes(String name) {
        assertThatThrownBy(() -> store().get(name)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store().putIfAbsent(name, bytes("x"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store().putIf(name, bytes("x"), new Version("v")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store().delete(name)).isInstanceOf(IllegalArgumentException.class);
    }

    /** What an outcome must be, and its version. */
    static Version written(PutOutcome outcome) {
        assertThat(outcome).isInstanceOf(Written.class);
        return ((Written) outcome).version();
    }

    static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    /** Empty where the answer left open whether the write stands. */
    private static List<Optional<PutOutcome>> together(int many, IntFunction<PutOutcome> each) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(many);
        try {
            List<Callable<Optional<PutOutcome>>> tasks = IntStream.range(0, many)
                    .mapToObj(i -> (Callable<Optional<PutOutcome>>) () -> clear(() -> each.apply(i)))
                    .toList();
            List<Optional<PutOutcome>> outcomes = new ArrayList<>();
            for (Future<Optional<PutOutcome>> done : threads.invokeAll(tasks)) {
                outcomes.add(done.get());
            }
            return outcomes;
        } finally {
            threads.shutdownNow();
        }
    }

    private static Optional<PutOutcome> clear(Supplier<PutOutcome> write) {
        try {
            return Optional.of(write.get());
        } catch (StoreException e) {
            assertThat(e.mayHaveBeenApplied()).as(e.getMessage()).isTrue();
            return Optional.empty();
        }
    }
}
