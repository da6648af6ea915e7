// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A person with a browser: follows redirects and fills in whatever form appears, until the redirect URI does. Keeps its own
 * cookies, because the JDK's jar does not send {@code Secure} cookies to a loopback address, as browsers do.
 */
final class Person {
    private static final int MOST_PAGES = 20;
    private static final Pattern FORM =
            Pattern.compile("<form[^>]*?action=\"([^\"]*)\"[^>]*>(.*?)</form>", Pattern.DOTALL);
    private static final Pattern INPUT = Pattern.compile("<input[^>]*>");
    private static final Pattern ATTRIBUTE = Pattern.compile("(name|value)=\"([^\"]*)\"");

    private final String name;
    private final Map<String, String> cookies = new HashMap<>();

    Person(String name) {
        this.name = name;
    }

    /** Agrees to everything from {@code page} on. Gives the URL the authorization server sends the browser back to. */
    URI agreeTo(URI page, String redirectUri) {
        HttpResponse<String> answer = open(page);
        for (int pages = 0; pages < MOST_PAGES; pages++) {
            URI next = nextOf(answer);
            if (next.toString().startsWith(redirectUri)) {
                return next;
            }
            answer = isRedirect(answer) ? open(next) : submit(next, answer.body());
        }
        throw new AssertionError("no end of pages from " + page + " to " + redirectUri);
    }

    /** Agrees, and lets the browser deliver the answer to whoever waits for it. */
    HttpResponse<String> agreeAndReturn(URI page, String redirectUri) {
        return open(agreeTo(page, redirectUri));
    }

    private static boolean isRedirect(HttpResponse<String> answer) {
        return answer.headers().firstValue("location").isPresent();
    }

    private static URI nextOf(HttpResponse<String> answer) {
        return answer.headers()
                .firstValue("location")
                .map(answer.uri()::resolve)
                .orElseGet(() -> answer.uri().resolve(formIn(answer).group(1).replace("&amp;", "&")));
    }

    private static Matcher formIn(HttpResponse<String> answer) {
        Matcher form = FORM.matcher(answer.body());
        if (!form.find()) {
            throw new AssertionError("neither a redirect nor a form at "
                    + answer.uri().getPath() + ", status " + answer.statusCode() + ": " + answer.body());
        }
        return form;
    }

    private HttpResponse<String> open(URI page) {
        return remembering(
                Web.send(Web.to(page.toString()).header("Accept", "text/html").header("Cookie", jar())));
    }

    private HttpResponse<String> submit(URI target, String html) {
        return remembering(Web.send(Web.to(target.toString())
                .header("Accept", "text/html")
                .header("Cookie", jar())
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(Web.form(filled(html))))));
    }

    private Map<String, String> filled(String html) {
        Matcher form = FORM.matcher(html);
        Map<String, String> fields = new LinkedHashMap<>();
        for (Matcher input = INPUT.matcher(form.find() ? form.group(2) : ""); input.find(); ) {
            Map<String, String> attributes = ATTRIBUTE
                    .matcher(input.group())
                    .results()
                    .collect(Collectors.toMap(
                            found -> found.group(1), found -> found.group(2), (first, again) -> first));
            if (attributes.containsKey("name")) {
                fields.put(attributes.getOrDefault("name", ""), attributes.getOrDefault("value", name));
            }
        }
        return fields;
    }

    private HttpResponse<String> remembering(HttpResponse<String> answer) {
        for (String cookie : answer.headers().allValues("set-cookie")) {
            String pair = cookie.split(";", 2)[0];
            int equals = pair.indexOf('=');
            cookies.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        return answer;
    }

    private String jar() {
        return cookies.entrySet().stream()
                .map(cookie -> cookie.getKey() + '=' + cookie.getValue())
                .collect(Collectors.joining("; "));
    }
}
