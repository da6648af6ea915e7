// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Plays the person at a browser: follows redirects over real HTTP, keeps cookies, and submits the first form of each page
 * with its first button. Empty fields get the word {@code demo}. Throws {@link UncheckedIOException} when a server does not
 * answer within 30 seconds. One thread at a time.
 */
public final class DemoBrowser {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** As many as browsers follow; more is a loop. */
    private static final int MOST_STEPS = 20;

    private static final Pattern FORM = Pattern.compile("(?is)<form\\b([^>]*)>(.*?)</form>");
    private static final Pattern FIELD = Pattern.compile("(?is)<(input|button)\\b([^>]*)>");

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .cookieHandler(new CookieManager())
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(PATIENCE)
            .build();

    /** Logs in: walks from the authorization URL to the end, callback included. */
    public Landing visit(URI start) {
        return walk(start, address -> false);
    }

    /**
     * Logs in up to the callback, which is not fetched: for a person who copies the address by hand.
     *
     * @return the redirect URI with code, state and issuer
     */
    public URI callbackFrom(URI start, URI redirectUri) {
        Landing landing = walk(start, address -> address.toString().startsWith(redirectUri + "?"));
        if (landing.status() != 0) {
            throw new IllegalStateException("the login ended with status " + landing.status() + " at "
                    + landing.address().getPath() + " instead of leading to " + redirectUri);
        }
        return landing.address();
    }

    private Landing walk(URI start, Predicate<URI> end) {
        HttpRequest next = get(start);
        for (int step = 0; step < MOST_STEPS; step++) {
            if (end.test(next.uri())) {
                return new Landing(next.uri(), 0, "");
            }
            HttpResponse<String> response = fetch(next);
            Optional<HttpRequest> onward = onward(next.uri(), response);
            if (onward.isEmpty()) {
                return new Landing(next.uri(), response.statusCode(), response.body());
            }
            next = onward.get();
        }
        throw new IllegalStateException("the login did not end within " + MOST_STEPS + " pages");
    }

    private static Optional<HttpRequest> onward(URI here, HttpResponse<String> response) {
        if (response.statusCode() / 100 == 3) {
            return response.headers().firstValue("Location").map(target -> get(here.resolve(target)));
        }
        Matcher form = FORM.matcher(response.body());
        return response.statusCode() == 200 && form.find()
                ? Optional.of(submit(here, form.group(1), form.group(2)))
                : Optional.empty();
    }

    private static HttpRequest submit(URI here, String form, String inside) {
        URI target = here.resolve(attribute(form, "action").orElse(here.toString()));
        String filled = fields(inside).entrySet().stream()
                .map(field -> encode(field.getKey()) + "=" + encode(field.getValue()))
                .collect(Collectors.joining("&"));
        return HttpRequest.newBuilder(target)
                .timeout(PATIENCE)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(filled))
                .build();
    }

    private static Map<String, String> fields(String form) {
        Map<String, String> fields = new LinkedHashMap<>();
        boolean pressed = false;
        Matcher field = FIELD.matcher(form);
        while (field.find()) {
            boolean button = field.group(1).equalsIgnoreCase("button");
            Optional<String> name = attribute(field.group(2), "name");
            if (name.isPresent() && !(button && pressed)) {
                String value = attribute(field.group(2), "value").orElse("");
                fields.put(name.get(), value.isEmpty() && !button ? "demo" : value);
            }
            pressed |= button;
        }
        return fields;
    }

    private static Optional<String> attribute(String tag, String name) {
        Matcher matcher = Pattern.compile("(?is)\\b" + name + "\\s*=\\s*[\"']([^\"']*)[\"']")
                .matcher(tag);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    private static HttpRequest get(URI address) {
        return HttpRequest.newBuilder(address).timeout(PATIENCE).build();
    }

    private HttpResponse<String> fetch(HttpRequest request) {
        String place = request.uri().getScheme() + "://" + request.uri().getAuthority()
                + request.uri().getPath(); // the query may hold a code
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException("no page from " + place + ": " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException("interrupted while waiting for " + place, e));
        }
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /**
     * Where the walk ended.
     *
     * @param status of the last page; 0 when it was not fetched
     */
    public record Landing(URI address, int status, String page) {
        /** Without the query, which may hold a code. */
        @Override
        public String toString() {
            return status + " at " + address.getPath();
        }
    }
}
