// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An answer 404 or 400 to a request that showed a session, with a short JSON error, which is held until it is whole. 404 means
 * that the session is not known (MCP 2025-11-25, "Session Management"), and some servers mean so by 400 and say it. Who answers
 * a request by its id, on the other hand, has read it, and may have executed it. On one event loop only.
 */
final class SessionDoubt {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int LONGEST = 4 * 1024;
    private static final int NOT_FOUND = 404;
    /** As servers say it. */
    private static final Pattern UNKNOWN_SESSION = Pattern.compile(
            "session[ _-]?id|\\b(no|not|unknown|invalid|expired|missing|bad)( valid| a valid| active)? session"
                    + "|\\bsession (was |is |has |does )?(not|expired|ended|terminated|closed|invalid|unknown)",
            Pattern.CASE_INSENSITIVE);

    private final HttpResponse head;
    private final MessageScan request;
    private final List<HttpContent> held = new ArrayList<>();
    private int size;
    private boolean whole;

    SessionDoubt(HttpResponse head, MessageScan request) {
        this.head = head;
        this.request = request;
    }

    static boolean isRaisedBy(HttpResponse head) {
        int status = head.status().code();
        return (status == 400 || status == NOT_FOUND) && ReplayRule.isJson(head.headers());
    }

    HttpResponse head() {
        return head;
    }

    /** Takes a piece; true when it can be judged. */
    boolean add(HttpContent piece) {
        held.add(piece);
        size += piece.content().readableBytes();
        whole = piece instanceof LastHttpContent;
        return whole || size > LONGEST;
    }

    boolean isAboutTheSession() {
        String text = text();
        if (!whole) {
            return head.status().code() == NOT_FOUND;
        }
        boolean saysSo = UNKNOWN_SESSION.matcher(text).find();
        boolean wasRead = answersTheRequest(text);
        return head.status().code() == NOT_FOUND ? saysSo || !wasRead : saysSo && !wasRead;
    }

    private boolean answersTheRequest(String text) {
        try {
            JsonNode id = JSON.readTree(text).path("id");
            return request.messages().stream()
                    .flatMap(one -> one.id().stream())
                    .anyMatch(raw -> JSON.readTree(raw).equals(id));
        } catch (JacksonException e) {
            return false;
        }
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        for (HttpContent piece : held) {
            ByteBuf bytes = piece.content();
            text.append(bytes.toString(StandardCharsets.UTF_8));
        }
        return text.toString();
    }

    /** What has been held; the caller owns it. */
    List<HttpContent> take() {
        List<HttpContent> taken = List.copyOf(held);
        held.clear();
        return taken;
    }

    void drop() {
        take().forEach(HttpContent::release);
    }
}
