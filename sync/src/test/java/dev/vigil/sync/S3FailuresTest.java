// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import static dev.vigil.sync.StoreContract.bytes;
import static dev.vigil.sync.StoreContract.written;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.vigil.auth.Secret;
import dev.vigil.auth.TimeSource;
import dev.vigil.sync.ObjectStore.Lost;
import dev.vigil.sync.ObjectStore.Version;
import dev.vigil.sync.StoreException.Kind;
import dev.vigil.sync.StrictS3.Op;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.core.exception.SdkClientException;

/** What each failure of a bucket is to those who asked. */
@Timeout(60)
class S3FailuresTest {
    /** Every byte of a dripping answer comes within this, the whole of it does not. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final StrictS3 server = StrictS3.start();
    private final S3Store store = storeAt(server.settings());
    private Version first = new Version("none yet");

    private static S3Store storeAt(S3Settings settings) {
        return new S3Store(settings.withPatience(PATIENCE), TimeSource.system());
    }

    @BeforeEach
    void write() {
        first = written(store.putIfAbsent("a", bytes("first")));
        server.forgetTraffic();
    }

    @AfterEach
    void close() {
        store.close();
        server.close();
    }

    /** Columns: what happens, what it is, may it be tried again, may it stand, does it stand. */
    @ParameterizedTest
    @CsvSource({
        "DENIED,       FORBIDDEN,    false, false, false",
        "NO_BUCKET,    NO_BUCKET,    false, false, false",
        "BAD_REQUEST,  REFUSED,      false, false, false",
        "UNSUPPORTED,  REFUSED,      false, false, false",
        "REDIRECT,     REFUSED,      false, false, false",
        "SLOW_DOWN,    THROTTLED,    true,  true,  false",
        "FAIL_BEFORE,  SERVER_FAULT, true,  true,  false",
        "FAIL_AFTER,   SERVER_FAULT, true,  true,  true",
        "HTML,         SERVER_FAULT, true,  true,  false",
        "CLOSE_BEFORE, CUT,          true,  true,  false",
        "CLOSE_AFTER,  CUT,          true,  true,  true",
        "CUT_HEAD,     SERVER_FAULT, true,  true,  true",
        "SILENT,       TIMED_OUT,    true,  true,  true",
        "DRIP,         TIMED_OUT,    true,  true,  true",
    })
    void writeThatFails(StrictFault fault, Kind kind, boolean retriable, boolean mayStand, boolean stands) {
        server.next(Op.PUT, fault);
        StoreException failure = failureOf(() -> store.putIf("a", bytes("second"), first));
        assertThat(failure.kind()).as(failure.getMessage()).isEqualTo(kind);
        assertThat(failure.isRetriable()).isEqualTo(retriable);
        assertThat(failure.mayHaveBeenApplied()).isEqualTo(mayStand);
        assertThat(failure).hasMessageContaining("s3://team-vigil/prod/").hasMessageContaining("write a");

        assertThat(store.get("a").orElseThrow().content()).isEqualTo(bytes(stands ? "second" : "first"));
        assertThat(server.traffic(Op.PUT).requests()).as("sent once").isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "DENIED,       FORBIDDEN,    false",
        "NO_BUCKET,    NO_BUCKET,    false",
        "BAD_REQUEST,  REFUSED,      false",
        "REDIRECT,     REFUSED,      false",
        "SLOW_DOWN,    THROTTLED,    true",
        "FAIL_BEFORE,  SERVER_FAULT, true",
        "HTML,         SERVER_FAULT, true",
        "CUT_BODY,     CUT,          true",
        "SILENT,       TIMED_OUT,    true",
        "DRIP,         TIMED_OUT,    true",
        "HUGE,         TOO_LARGE,    false",
    })
    void readThatFails(StrictFault fault, Kind kind, boolean retriable) {
        server.next(Op.GET, fault);
        StoreException failure = failureOf(() -> store.get("a"));

        assertThat(failure.kind()).as(failure.getMessage()).isEqualTo(kind);
        assertThat(failure.isRetriable()).isEqualTo(retriable);
        assertThat(failure.mayHaveBeenApplied()).isFalse();
        assertThat(store.get("a").orElseThrow().content()).isEqualTo(bytes("first"));
    }

    @ParameterizedTest
    @CsvSource({
        "DENIED,      FORBIDDEN",
        "NO_BUCKET,   NO_BUCKET",
        "SLOW_DOWN,   THROTTLED",
        "FAIL_BEFORE, SERVER_FAULT",
        "HTML,        SERVER_FAULT",
        "SILENT,      TIMED_OUT",
        "DRIP,        TIMED_OUT",
    })
    void listingThatFails(StrictFault fault, Kind kind) {
        server.next(Op.LIST, fault);
        StoreException failure = failureOf(() -> store.list(""));

        assertThat(failure.kind()).as(failure.getMessage()).isEqualTo(kind);
        assertThat(failure.mayHaveBeenApplied()).isFalse();
        assertThat(store.list("")).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"PRECONDITION_FAILED", "CONFLICT", "NO_KEY"})
    void writeThatSomebodyElseWon(StrictFault fault) {
        server.next(Op.PUT, fault);

        assertThat(store.putIf("a", bytes("second"), first)).isInstanceOf(Lost.class);
        assertThat(server.traffic(Op.PUT).requests()).isEqualTo(1);
    }

    @Test
    void creationIsLostTo412And409Only() {
        server.next(Op.PUT, StrictFault.PRECONDITION_FAILED, StrictFault.CONFLICT, StrictFault.NO_KEY);

        assertThat(store.putIfAbsent("b", bytes("x"))).isInstanceOf(Lost.class);
        assertThat(store.putIfAbsent("b", bytes("x"))).isInstanceOf(Lost.class);
        assertThat(failureOf(() -> store.putIfAbsent("b", bytes("x"))).kind()).isEqualTo(Kind.REFUSED);
    }

    /** The JDK sends a request without a streamed body again when the answer never began: harmless for a read. */
    @Test
    void readIsSentAgainByTheJdkAndAWriteIsNot() {
        server.next(Op.GET, StrictFault.CLOSE_BEFORE);
        assertThat(store.get("a")).isPresent();
        assertThat(server.traffic(Op.GET).requests()).isEqualTo(2);

        server.next(Op.PUT, StrictFault.CLOSE_BEFORE);
        StoreException failure = failureOf(() -> store.putIfAbsent("b", bytes("x")));
        assertThat(failure.mayHaveBeenApplied()).isTrue();
        assertThat(server.traffic(Op.PUT).requests()).isEqualTo(1);
        assertThat(store.get("b")).isEmpty();
    }

    /** An empty body is a declared length too, and must not fall out of the rule above. */
    @Test
    void emptyWriteIsNotSentAgainEither() {
        server.next(Op.PUT, StrictFault.CLOSE_AFTER);
        assertThat(failureOf(() -> store.putIfAbsent("b", new byte[0])).mayHaveBeenApplied())
                .isTrue();

        assertThat(server.traffic(Op.PUT).requests()).isEqualTo(1);
        assertThat(store.get("b").orElseThrow().content()).isEmpty();
    }

    @Test
    void nobodyThereMeansNothingWasSent() {
        server.unplug();
        assertThat(failureOf(() -> store.putIf("a", bytes("second"), first)).isRetriable())
                .as("an idle connection broke: who knows")
                .isTrue();
        StoreException failure = failureOf(() -> store.putIf("a", bytes("second"), first));
        assertThat(failure.kind()).as(failure.getMessage()).isEqualTo(Kind.UNREACHABLE);
        assertThat(failure)
                .hasMessageEndingWith(
                        "cannot write a: no connection (Connection refused). Is the store up, and its address right?");
        assertThat(failure.isRetriable()).isTrue();
        assertThat(failure.mayHaveBeenApplied()).isFalse();

        server.plugIn();
        written(store.putIf("a", bytes("second"), first));
    }

    @Test
    void hostThatDoesNotExistMeansNothingWasSent() {
        try (S3Store lost = storeAt(server.settings().withEndpoint(URI.create("http://bucket.invalid:1")))) {
            StoreException failure = failureOf(() -> lost.putIfAbsent("a", bytes("x")));

            assertThat(failure.kind()).as(failure.getMessage()).isEqualTo(Kind.UNREACHABLE);
            assertThat(failure).hasMessageContaining("no connection (no such host: bucket.invalid");
            assertThat(failure.mayHaveBeenApplied()).isFalse();
        }
    }

    /** The JDK takes what came for all there is. */
    @Test
    void readCutAnywhereIsNoOtherContent() {
        byte[] whole = bytes("what stands in the bucket");
        written(store.putIfAbsent("b", whole));
        store.get("b");
        long length = server.traffic(Op.GET).out();
        for (int end = 0; end < length; end++) {
            server.nextEndsAfter(Op.GET, end);
            try {
                assertThat(store.get("b").orElseThrow().content())
                        .as("cut after " + end)
                        .isEqualTo(whole);
                assertThat(end)
                        .as("the JDK asks again when not even a status came")
                        .isLessThan(9);
            } catch (StoreException failure) {
                assertThat(failure.isRetriable())
                        .as("cut after " + end + ": " + failure.getMessage())
                        .isTrue();
            }
        }
        assertThat(store.get("b").orElseThrow().content()).isEqualTo(whole);
    }

    @Test
    void writeCutAnywhereIsNeverAnotherVersion() {
        for (int end = 0; end < 70; end++) {
            String key = "cut-" + end;
            server.nextEndsAfter(Op.PUT, end);
            try {
                Version version = written(store.putIfAbsent(key, bytes("x")));
                assertThat(store.get(key).orElseThrow().version())
                        .as("cut after " + end)
                        .isEqualTo(version);
            } catch (StoreException failure) {
                assertThat(failure.mayHaveBeenApplied()).as("cut after " + end).isTrue();
            }
        }
    }

    /** JDK 25 sees that the body is short, JDK 17 leaves it to the parser. */
    @Test
    void listingCutAnywhereIsNotShorter() {
        store.list("");
        long length = server.traffic(Op.LIST).out();
        for (int end = 9; end < length; end += 3) {
            server.nextEndsAfter(Op.LIST, end);
            StoreException failure = failureOf(() -> store.list(""));
            assertThat(failure.kind())
                    .as("cut after " + end + ": " + failure.getMessage())
                    .isIn(Kind.CUT, Kind.SERVER_FAULT);
            assertThat(failure.isRetriable()).isTrue();
        }
        assertThat(store.list("")).hasSize(1);
    }

    @Test
    void wrongKeysAreRefusedAndNotShown() {
        S3Settings.Keys wrong =
                new S3Settings.Keys(StrictS3.KEYS.accessKey(), new Secret("wrong-secret-key"), Optional.empty());
        try (S3Store stranger = storeAt(server.settings().withKeys(wrong))) {
            StoreException failure = failureOf(() -> stranger.get("a"));

            assertThat(failure.kind()).isEqualTo(Kind.FORBIDDEN);
            assertThat(failure).hasMessageContaining("SignatureDoesNotMatch").hasMessageContaining("sync.credentials");
            assertThat(failure).hasStackTraceContaining("S3Exception");
            assertThat(stackTrace(failure) + stranger + server.settings().withKeys(wrong))
                    .doesNotContain("wrong-secret-key")
                    .doesNotContain("AKSTRICT");
        }
    }

    @Test
    void missingCredentialsMeanNothingWasSent() {
        S3Settings none = S3Settings.at(URI.create("s3://team-vigil")).withEndpoint(server.url());
        S3Connection poor = new S3Connection(none, () -> () -> {
            throw SdkClientException.create("nothing in the environment, nothing in the profile");
        });
        try (S3Store store = new S3Store(poor, none, TimeSource.system())) {
            StoreException failure = failureOf(() -> store.putIfAbsent("a", bytes("x")));

            assertThat(failure.kind()).as(failure.getMessage()).isEqualTo(Kind.FORBIDDEN);
            assertThat(failure.mayHaveBeenApplied()).isFalse();
            assertThat(failure).hasMessageContaining("Set AWS_ACCESS_KEY_ID");
            assertThat(store.versioning()).isEqualTo(ProbedStore.Versioning.UNKNOWN);
        }
        assertThat(server.log()).isEmpty();
    }

    @Test
    void chainThatHasCredentialsSignsWithThem() {
        S3Settings settings = S3Settings.at(URI.create("s3://team-vigil/prod"))
                .withEndpoint(server.url())
                .withRegion(StrictS3.REGION);
        S3Connection rich =
                new S3Connection(settings, () -> () -> AwsBasicCredentials.create("AKSTRICT", "strict-secret-key"));
        try (S3Store found = new S3Store(rich, settings, TimeSource.system())) {
            assertThat(found.get("a").orElseThrow().content()).isEqualTo(bytes("first"));
        }
    }

    @Test
    void redirectNamesTheRegionOfTheBucket() {
        server.next(Op.GET, StrictFault.REDIRECT);

        assertThat(failureOf(() -> store.get("a"))).hasMessageContaining("set region to eu-west-9");
    }

    @Test
    void silenceEndsWhenPatienceDoes() {
        server.next(Op.GET, StrictFault.SILENT);
        long begun = System.nanoTime();
        failureOf(() -> store.get("a"));

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(PATIENCE.plusSeconds(3));
    }

    @Test
    void staleAnswersAndReplaysAreWhatTheServerCanDo() {
        var then = server.objects();
        Version second = written(store.putIf("a", bytes("second"), first));
        server.modes().add(StrictMode.STALE_READS);
        assertThat(store.get("a").orElseThrow().content()).isEqualTo(bytes("first"));
        server.modes().clear();
        assertThat(store.get("a").orElseThrow().version()).isEqualTo(second);

        server.rollBack(then);
        assertThat(store.get("a").orElseThrow().content()).isEqualTo(bytes("first"));
        server.plant("prod/z", bytes("planted"));
        server.modes().add(StrictMode.STALE_LISTS);
        assertThat(store.list("")).hasSize(1);
    }

    private static StoreException failureOf(Runnable call) {
        StoreException failure = catchThrowableOfType(StoreException.class, call::run);
        assertThat(failure).as("a failure").isNotNull();
        return failure;
    }

    private static String stackTrace(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
