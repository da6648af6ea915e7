// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Reads {@code WWW-Authenticate} (RFC 9110, 11.6.1): several challenges in one header, several headers, token68, quoted
 * pairs. Total: whatever the bytes are, an answer comes back, in time linear in their number. Any thread may call.
 *
 * <p>Our own, because Nimbus ignores {@code resource_metadata} and throws on quoted pairs.
 */
public final class Challenges {
    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";
    private static final String TOKEN68_MARKS = "-._~+/";

    private final String header;
    private final List<Challenge> found = new ArrayList<>();
    private int at;

    private Challenges(String header) {
        this.header = header;
    }

    /**
     * One challenge.
     *
     * @param scheme as it was spelled
     * @param parameters names in lower case; of a name that comes twice, the first
     */
    public record Challenge(String scheme, Map<String, String> parameters) {
        public Challenge {
            parameters = Map.copyOf(parameters);
        }

        public boolean isBearer() {
            return scheme.equalsIgnoreCase("Bearer");
        }

        /** RFC 9728, 5.1: where the protected resource describes itself. */
        public Optional<String> resourceMetadata() {
            return parameter("resource_metadata");
        }

        /** RFC 6750, 3.1: {@code invalid_token}, {@code insufficient_scope}, ... */
        public Optional<String> error() {
            return parameter("error");
        }

        /** RFC 6750, 3: what the request would have needed; empty when it is not told. */
        public List<String> scopes() {
            return parameter("scope").map(Challenge::words).orElse(List.of());
        }

        private Optional<String> parameter(String name) {
            return Optional.ofNullable(parameters.get(name)).filter(value -> !value.isBlank());
        }

        private static List<String> words(String scope) {
            return Arrays.stream(scope.trim().split("\\s+")).distinct().toList();
        }
    }

    /** All challenges of all {@code WWW-Authenticate} headers of one answer, in order. */
    public static List<Challenge> parse(List<String> headers) {
        return headers.stream()
                .flatMap(header -> new Challenges(header).read().stream())
                .toList();
    }

    /** The challenge that speaks of OAuth: the first with {@code resource_metadata}, else the first Bearer. */
    public static Optional<Challenge> ofOAuth(List<String> headers) {
        List<Challenge> all = parse(headers);
        Optional<Challenge> described = all.stream()
                .filter(challenge -> challenge.resourceMetadata().isPresent())
                .findFirst();
        return described.or(() -> all.stream().filter(Challenge::isBearer).findFirst());
    }

    private List<Challenge> read() {
        String scheme = "";
        Map<String, String> parameters = new LinkedHashMap<>();
        while (at < header.length()) {
            String word = token();
            if (word.isEmpty()) {
                at++; // a comma, a blank, or nonsense
            } else if (skipEquals()) {
                parameters.putIfAbsent(word.toLowerCase(Locale.ROOT), value());
            } else {
                add(scheme, parameters);
                parameters = new LinkedHashMap<>();
                scheme = word;
                skipToken68();
            }
        }
        add(scheme, parameters);
        return found;
    }

    /** Parameters before any scheme belong to nobody. */
    private void add(String scheme, Map<String, String> parameters) {
        if (!scheme.isEmpty()) {
            found.add(new Challenge(scheme, parameters));
        }
    }

    /** Passes over {@code =} with the blanks around it that bad senders put there; else stays. */
    private boolean skipEquals() {
        int start = at;
        skipBlanks();
        if (at < header.length() && header.charAt(at) == '=') {
            at++;
            skipBlanks();
            return true;
        }
        at = start;
        return false;
    }

    /** After a scheme: {@code Negotiate YII==}. What looks like one but goes on is the first parameter. */
    private void skipToken68() {
        int start = at;
        skipBlanks();
        int begun = at;
        skipWhile(TOKEN68_MARKS);
        boolean isSome = at > begun;
        while (at < header.length() && header.charAt(at) == '=') {
            at++;
        }
        skipBlanks();
        boolean isWhole = at == header.length() || header.charAt(at) == ',';
        if (!isSome || !isWhole) {
            at = start;
        }
    }

    private String value() {
        return at < header.length() && header.charAt(at) == '"' ? quoted() : token();
    }

    private String quoted() {
        StringBuilder text = new StringBuilder();
        for (at++; at < header.length() && header.charAt(at) != '"'; at++) {
            boolean isPair = header.charAt(at) == '\\' && at + 1 < header.length();
            text.append(header.charAt(isPair ? ++at : at));
        }
        at++; // the closing quote, or past the end when there is none
        return text.toString();
    }

    private String token() {
        int start = at;
        skipWhile(TOKEN_MARKS);
        return header.substring(Math.min(start, header.length()), Math.min(at, header.length()));
    }

    private void skipWhile(String marks) {
        while (at < header.length() && isLetterOrDigitOr(marks, header.charAt(at))) {
            at++;
        }
    }

    private void skipBlanks() {
        while (at < header.length() && (header.charAt(at) == ' ' || header.charAt(at) == '\t')) {
            at++;
        }
    }

    private static boolean isLetterOrDigitOr(String marks, char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || marks.indexOf(c) >= 0;
    }
}
