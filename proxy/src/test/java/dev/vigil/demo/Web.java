// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Plain requests over real sockets. */
final class Web {
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    HttpResponse<String> get(String url, String... headers) throws Exception {
        return http.send(request(url, headers).GET().build(), BodyHandlers.ofString());
    }

    HttpResponse<String> post(String url, String body, String... headers) throws Exception {
        return http.send(
                request(url, headers).POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
    }

    HttpResponse<String> form(String url, Map<String, String> fields, String... headers) throws Exception {
        HttpRequest.Builder request = request(url, headers).header("Content-Type", "application/x-www-form-urlencoded");
        return http.send(request.POST(BodyPublishers.ofString(encoded(fields))).build(), BodyHandlers.ofString());
    }

    HttpResponse<String> send(String method, String url, String... headers) throws Exception {
        return http.send(
                request(url, headers).method(method, BodyPublishers.noBody()).build(), BodyHandlers.ofString());
    }

    static String encoded(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    static JsonNode json(HttpResponse<String> response) {
        return JsonRpc.MAPPER.readTree(response.body());
    }

    private static HttpRequest.Builder request(String url, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(20));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return request;
    }
}
