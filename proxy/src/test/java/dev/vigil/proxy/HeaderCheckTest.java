// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Decoder and check together, as they stand in the pipelines: some of these shapes the decoder refuses or makes harmless, and
 * the check must catch the others. § is CR LF, ¶ a bare CR, ° a NUL, ¬ a tab.
 */
class HeaderCheckTest {
    private static final String GOOD = "POST /mcp/a?b=c HTTP/1.1§Host: a:1§";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "§§",
                "X: §§",
                "X: a¬b§§",
                "X: äé§§",
                "x!#$%&'*+.^_`|~9: y§§",
                "Content-Length: 0§§",
                "Transfer-Encoding: chunked§§",
                "Transfer-Encoding:  Chunked  §§",
                "Connection: keep-alive, close§§",
            })
    void cleanRequestsComeIn(String rest) {
        assertThat(requestFault(GOOD + rest)).isEqualTo("clean");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "POST /a HTTP/1.1§X: y§§                                                   | 0 Host",
                "POST /a HTTP/1.1§Host: a§Host: a§§                                        | 2 Host",
                "POST /a HTTP/1.1§Host: a§host: b§§                                        | 2 Host",
                "POST http://a/b HTTP/1.1§Host: a§§                                        | target",
                "POST a HTTP/1.1§Host: a§§                                                 | target",
                "POST //\u007f HTTP/1.1§Host: a§§                                          | decoder",
                "POST /a HTTP/1.1§Host: a§X : y§§                                          | token",
                "POST /a HTTP/1.1§Host: a§X y: z§§                                         | token",
                "POST /a HTTP/1.1§Host: a§X(): z§§                                         | token",
                "POST /a HTTP/1.1§Host: a§: z§§                                            | token",
                "POST /a HTTP/1.1§Host: a§X: a°b§§                                         | control",
                "POST /a HTTP/1.1§Host: a§X: a\u0001b§§                                    | control",
                "POST /a HTTP/1.1§Host: a§X: a\u007fb§§                                    | control",
                "POST /a HTTP/1.1§Host: a§X: a¶Y: b§§                                      | control",
                "POST /a HTTP/1.1§Host: a§X: a¶¶Y: b§§                                     | control",
                "POST /a HTTP/1.1§Host: a§Content-Length: 1§Content-Length: 2§§            | decoder",
                "POST /a HTTP/1.1§Host: a§Content-Length: 1§Content-Length: 1§§            | decoder",
                "POST /a HTTP/1.1§Host: a§Content-Length: 1, 1§§                           | decoder",
                "POST /a HTTP/1.1§Host: a§Content-Length: +1§§                             | decoder",
                "POST /a HTTP/1.1§Host: a§Content-Length: -1§§                             | decoder",
                "POST /a HTTP/1.1§Host: a§Content-Length: 0x1§§                            | decoder",
                "POST /a HTTP/1.1§Host: a§Content-Length: 99999999999999999999§§           | decoder",
                "POST /a HTTP/1.1§Host: a§Content-Length: 1§Transfer-Encoding: chunked§§   | decoder",
                "POST /a HTTP/1.1§Host: a§Transfer-Encoding: chunked§Content-Length: 1§§   | decoder",
                "POST /a HTTP/1.1§Host: a§Transfer-Encoding: chunked, identity§§           | decoder",
                "POST /a HTTP/1.1§Host: a§Transfer-Encoding: gzip, chunked§§               | Transfer",
                "POST /a HTTP/1.1§Host: a§Transfer-Encoding: chunked, chunked§§            | decoder",
                "POST /a HTTP/1.1§Host: a§Transfer-Encoding: chunked§Transfer-Encoding: chunked§§ | decoder",
                "POST /a HTTP/1.1§Host: a§Transfer-Encoding: xchunked§§                    | decoder",
                "POST /a HTTP/1.1§Host: a§Transfer-Encoding: identity§§                    | decoder",
                "POST /a HTTP/1.1§Host: a§Transfer-Encoding: §§                            | decoder",
                "POST /a HTTP/1.1§Host: a§Transfer-Encoding¬: chunked§§                    | token",
                "POST /a HTTP/1.0§Host: a§Transfer-Encoding: chunked§§                     | decoder",
            })
    void requestsThatCouldBeReadInTwoWaysAreRefused(String head, String why) {
        assertThat(requestFault(head)).contains(why);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "HTTP/1.1 200 OK§Content-Length: 2§§                                       | clean",
                "HTTP/1.1 200 OK§Transfer-Encoding: chunked§§                              | clean",
                "HTTP/1.1 200 OK§X: y§§                                                    | clean",
                "HTTP/1.0 200 OK§X: y§§                                                    | clean",
                "HTTP/1.1 200 OK§X: a°b§§                                                  | control",
                "HTTP/1.1 200 OK§X: a¶Y: b§§                                               | control",
                "HTTP/1.1 200 OK§Content-Length : 2§§                                      | clean",
                "HTTP/1.1 200 OK§Content-Length: 1§Content-Length: 2§§                     | decoder",
                "HTTP/1.1 200 OK§Content-Length: 1§Transfer-Encoding: chunked§§            | decoder",
                "HTTP/1.1 200 OK§Transfer-Encoding: chunked, identity§§                    | decoder",
                "HTTP/1.1 200 OK§Transfer-Encoding: gzip, chunked§§                        | Transfer",
                "HTTP/1.0 200 OK§Transfer-Encoding: chunked§§                              | decoder",
                "HTTP/1.1 2x0 OK§X: y§§                                                    | decoder",
            })
    void answersThatCouldBeReadInTwoWaysAreRefused(String head, String why) {
        assertThat(answerFault(head)).contains(why);
    }

    /** What the decoder refuses today the check refuses too: the decoder has changed its mind about these before. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "Content-Length: 1                                       | none",
                "Content-Length: 1§Content-Length: 1                     | several Content-Length",
                "Content-Length: 1§content-length: 2                     | several Content-Length",
                "Content-Length: +1                                      | not a number",
                "Content-Length: 1, 1                                    | not a number",
                "Content-Length:                                         | not a number",
                "Content-Length: 1234567890123456789                     | not a number",
                "Transfer-Encoding: chunked                              | none",
                "Transfer-Encoding: CHUNKED                              | none",
                "Transfer-Encoding: chunked§Content-Length: 1            | Content-Length and Transfer-Encoding",
                "Transfer-Encoding: chunked, chunked                     | not just chunked",
                "Transfer-Encoding: chunked§Transfer-Encoding: chunked   | not just chunked",
                "Transfer-Encoding: gzip, chunked                        | not just chunked",
                "Transfer-Encoding: chunked, identity                    | not just chunked",
                "Transfer-Encoding: xchunked                             | not just chunked",
                "Transfer-Encoding:                                      | not just chunked",
            })
    void framingIsCheckedWithoutTheDecodersHelp(String headers, @Nullable String why) {
        HttpResponse answer = new DefaultHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.OK,
                DefaultHttpHeadersFactory.headersFactory().withValidation(false));
        for (String header : headers.split("§", -1)) {
            int colon = header.indexOf(':');
            answer.headers()
                    .add(header.substring(0, colon), header.substring(colon + 1).trim());
        }
        if (why == null) {
            assertThat(HeaderCheck.faultOf(answer)).isNull();
        } else {
            assertThat(HeaderCheck.faultOf(answer)).contains(why);
        }
        boolean chunked = answer.headers().contains("Transfer-Encoding");
        answer.setProtocolVersion(HttpVersion.HTTP_1_0);
        assertThat(HeaderCheck.faultOf(answer) != null).isEqualTo(why != null || chunked);
    }

    /** RFC 9112, 5.2: a folded line is joined before anybody else sees it. */
    @ParameterizedTest
    @ValueSource(strings = {" b", "¬b", "   b"})
    void foldedLineIsJoinedAndHidesNothing(String folded) {
        HttpRequest request = (HttpRequest) decode(new HttpRequestDecoder(config()), GOOD + "X: a§" + folded + "§§");
        assertThat(HeaderCheck.faultOf(request)).isNull();
        assertThat(request.headers().get("X")).isEqualTo("a b");
    }

    private static String requestFault(String head) {
        HttpRequest request = (HttpRequest) decode(new HttpRequestDecoder(config()), head);
        return request.decoderResult().isFailure() ? "decoder" : orClean(HeaderCheck.faultOf(request));
    }

    private static String answerFault(String head) {
        HttpResponse answer = (HttpResponse) decode(new HttpResponseDecoder(config()), head);
        return answer.decoderResult().isFailure() ? "decoder" : orClean(HeaderCheck.faultOf(answer));
    }

    private static String orClean(@Nullable String fault) {
        return fault == null ? "clean" : fault;
    }

    private static HttpDecoderConfig config() {
        return new HttpDecoderConfig().setValidateHeaders(false);
    }

    private static HttpMessage decode(ChannelHandler decoder, String head) {
        EmbeddedChannel channel = new EmbeddedChannel(decoder);
        String bytes =
                head.replace("§", "\r\n").replace('¶', '\r').replace('°', '\0').replace('¬', '\t');
        channel.writeInbound(Unpooled.copiedBuffer(bytes, StandardCharsets.ISO_8859_1));
        HttpMessage message = channel.readInbound();
        for (Object rest = channel.readInbound(); rest != null; rest = channel.readInbound()) {
            ReferenceCountUtil.release(rest);
        }
        channel.finishAndReleaseAll();
        return message;
    }
}
