// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.Connector;
import dev.vigil.auth.GrantKind;
import dev.vigil.auth.RefreshSettings;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Turns the words of a config into values. Each throws {@link IllegalArgumentException} with a message for the person; none
 * repeats a word that may be a secret in the wrong place.
 */
final class ConfigValues {
    /** RFC 6749, 3.3. */
    static final Predicate<String> SCOPE =
            Pattern.compile("[\\x21\\x23-\\x5b\\x5d-\\x7e]+").asMatchPredicate();

    static final Predicate<String> HOST = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?")
            .asMatchPredicate();

    private static final Predicate<String> VARIABLE =
            Pattern.compile("[A-Za-z_][A-Za-z0-9_]*").asMatchPredicate();

    private ConfigValues() {}

    static URI url(String text) {
        try {
            URI url = new URI(text);
            asConnector(url, GrantKind.OAUTH, Optional.empty());
            return url;
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("'" + text + "' is not a URL: " + e.getReason(), e);
        }
    }

    static GrantKind kind(String text) {
        List<String> words =
                Arrays.stream(GrantKind.values()).map(GrantKind::word).toList();
        return GrantKind.of(text)
                .orElseThrow(() -> new IllegalArgumentException(
                        "'" + text + "' is no way to be authorized. " + Spelling.hint(text, words)));
    }

    static String header(String text) {
        try {
            asConnector(URI.create("http://localhost/"), GrantKind.HEADER, Optional.of(text));
            return text;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "must be the name of a header, such as X-API-Key. The key itself is asked for by: vigil add", e);
        }
    }

    static Duration lead(String text) {
        Duration lead = DurationText.parse(text);
        if (lead.isZero()) {
            throw new IllegalArgumentException("must be longer than nothing. Write 90s, 10m or 1h30m");
        }
        return lead;
    }

    static String words(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("must be words that the server's answer contains");
        }
        return text;
    }

    static int port(String text) {
        if (!text.matches("\\d{1,5}") || Integer.parseInt(text) > 65_535) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a port. Write a number from 0 (any free one) to 65535");
        }
        return Integer.parseInt(text);
    }

    /** YAML 1.2 reads {@code on} as a word and {@code true} as a truth; we take both. */
    static boolean onOrOff(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "on", "true" -> true;
            case "off", "false" -> false;
            default -> throw new IllegalArgumentException("'" + text + "' must be on or off");
        };
    }

    static String variable(String text) {
        if (!VARIABLE.test(text)) {
            throw new IllegalArgumentException("must be the name of an environment variable, such as NOTION_SECRET");
        }
        return text;
    }

    /** Lets {@link Connector} judge, and leaves out the name it gives to the connector. */
    private static void asConnector(URI url, GrantKind kind, Optional<String> header) {
        try {
            new Connector("x", url, kind, header, List.of(), Optional.empty(), RefreshSettings.DEFAULT);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(String.valueOf(e.getMessage()).replaceFirst("^connector x: ", ""), e);
        }
    }
}
