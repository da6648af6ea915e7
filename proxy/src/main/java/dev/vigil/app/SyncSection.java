// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.sync.S3Settings;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Reads {@code sync:}. Every mistake is noted in its place, as {@link ConfigReader} does it. */
record SyncSection(ConfigSection given, BiFunction<ConfigSection, String, Optional<SecretRef>> reference) {
    private static final String FOLDER = "file";
    private static final Predicate<String> MACHINE =
            Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}").asMatchPredicate();

    /** Empty where there is none, or none that could be used. */
    Optional<SyncConfig> read(ConfigSection root) {
        given.allow(Set.of(
                "bucket",
                "endpoint",
                "region",
                "pathStyle",
                "credentials",
                "machine",
                "every",
                "readOnly",
                "whenUnreachable"));
        if (!given.has("bucket")) {
            if (root.has("sync")) {
                root.wrongKey("sync", "has no bucket. Write bucket: s3://NAME/PREFIX under it, or remove this key");
            }
            return Optional.empty();
        }
        Optional<URI> bucket = given.parsed("bucket", SyncSection::bucket);
        Optional<URI> endpoint = given.parsed("endpoint", SyncSection::endpoint);
        Optional<String> region = given.parsed("region", SyncSection::region);
        Optional<Boolean> pathStyle = given.parsed("pathStyle", ConfigValues::onOrOff);
        Optional<SyncConfig.Credentials> credentials = credentials();
        Optional<String> machine = given.parsed("machine", SyncSection::machine);
        Duration every = given.parsed("every", SyncSection::every).orElse(SyncConfig.EVERY);
        boolean readOnly = given.parsed("readOnly", ConfigValues::onOrOff).orElse(false);
        boolean alone = given.parsed("whenUnreachable", SyncSection::refreshes).orElse(false);
        return bucket.map(
                at -> new SyncConfig(at, endpoint, region, pathStyle, credentials, machine, every, readOnly, alone));
    }

    private Optional<SyncConfig.Credentials> credentials() {
        if (!given.has("credentials")) {
            return Optional.empty();
        }
        ConfigSection pair = given.section("credentials").allow(Set.of("accessKey", "secretKey", "sessionToken"));
        Optional<SecretRef> access = reference.apply(pair, "accessKey");
        Optional<SecretRef> secret = reference.apply(pair, "secretKey");
        Optional<SecretRef> token = reference.apply(pair, "sessionToken");
        if (!pair.has("accessKey") || !pair.has("secretKey")) {
            given.wrongKey(
                    "credentials",
                    "wants accessKey and secretKey, each {env: NAME}, {file: PATH} or {exec: [COMMAND]}");
        }
        return access.flatMap(key -> secret.map(other -> new SyncConfig.Credentials(key, other, token)));
    }

    static URI bucket(String text) {
        URI address = uri(text);
        if (FOLDER.equals(address.getScheme())) {
            boolean isWhole =
                    address.getPath() != null && address.getPath().startsWith("/") && address.getHost() == null;
            return isWhole ? address : wrong(text, "a folder is written file:///PATH");
        }
        S3Settings.at(address); // which says what is wrong
        return address;
    }

    static URI endpoint(String text) {
        URI address = uri(text);
        S3Settings.at(URI.create("s3://any-bucket")).withEndpoint(address);
        return address;
    }

    static String region(String text) {
        S3Settings.at(URI.create("s3://any-bucket")).withRegion(text);
        return text;
    }

    private static String machine(String text) {
        if (!MACHINE.test(text)) {
            throw new IllegalArgumentException("'" + text + "' must be 1 to 63 letters, digits, . _ or -");
        }
        return text;
    }

    private static Duration every(String text) {
        Duration every = DurationText.parse(text);
        if (every.compareTo(SyncConfig.SHORTEST) < 0 || every.compareTo(SyncConfig.LONGEST) > 0) {
            throw new IllegalArgumentException("'" + text + "' must be between "
                    + DurationText.show(SyncConfig.SHORTEST) + " and " + DurationText.show(SyncConfig.LONGEST));
        }
        return every;
    }

    private static boolean refreshes(String text) {
        return switch (text) {
            case "wait" -> false;
            case "refresh" -> true;
            default ->
                throw new IllegalArgumentException("'" + text + "' must be wait (the default, which loses no login) or"
                        + " refresh (which may end a login on all machines)");
        };
    }

    private static URI uri(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("'" + text + "' is not an address: " + e.getReason(), e);
        }
    }

    private static URI wrong(String text, String what) {
        throw new IllegalArgumentException("'" + text + "': " + what);
    }
}
