// SPDX-License-Identifier: Apache-2.0
package dev.vigil.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vigil.demo.AuthWalk.Tokens;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DemoBrowserTest {
    private final DemoBrowser browser = new DemoBrowser();

    @Test
    void agreesOnTheConsentPageAndArrivesAtTheCallback() throws Exception {
        try (DemoAuthServer auth =
                DemoAuthServer.start(DemoAuthServer.Settings.standard().withConsentPage())) {
            AuthWalk walk = new AuthWalk(auth);
            assertThat(walk.authorize(walk.question()).body()).contains("<form");
            URI callback = browser.callbackFrom(start(walk), URI.create(AuthWalk.REDIRECT));
            String code = WebRequest.one(new QueryStringDecoder(callback).parameters(), "code")
                    .orElseThrow();
            assertThat(walk.isLive(Tokens.of(walk.token(walk.exchange(code))))).isTrue();
        }
    }

    @Test
    void followsTheRedirectToTheCallbackAndShowsItsPage() throws Exception {
        try (DemoAuthServer auth = DemoAuthServer.start(DemoAuthServer.Settings.standard());
                DemoMcpServer callback = DemoMcpServer.start(DemoMcpServer.Settings.open())) {
            AuthWalk walk = new AuthWalk(auth);
            String page = callback.url().replace(DemoMcpServer.PATH, "/somewhere");
            String client = Web.json(walk.register("{\"redirect_uris\":[\"" + page + "\"]}"))
                    .path("client_id")
                    .asString();
            Map<String, String> question = walk.question();
            question.put("client_id", client);
            question.put("redirect_uri", page);
            DemoBrowser.Landing landing =
                    browser.visit(URI.create(auth.issuer() + "/authorize?" + Web.encoded(question)));
            assertThat(landing.status()).isEqualTo(404);
            assertThat(landing.page()).contains("not_found");
            assertThat(landing).hasToString("404 at /somewhere");
        }
    }

    @Test
    void personCanSayNo() throws Exception {
        try (DemoAuthServer auth =
                DemoAuthServer.start(DemoAuthServer.Settings.standard().withConsentPage())) {
            AuthWalk walk = new AuthWalk(auth);
            String page = walk.authorize(walk.question()).body();
            String request = page.replaceAll("(?s).*name=\"request\" value=\"([^\"]+)\".*", "$1");
            Map<String, String> no = Map.of("request", request, "decision", "deny");
            HttpResponse<String> answer = walk.web.form(auth.issuer() + "/consent", no);
            assertThat(AuthWalk.callback(answer).get("error")).containsExactly("access_denied");
            assertThat(walk.web.form(auth.issuer() + "/consent", no).statusCode())
                    .isEqualTo(400);
        }
    }

    @Test
    void loginThatEndsElsewhereIsAnErrorWithoutTheQuery() throws Exception {
        try (DemoAuthServer auth = DemoAuthServer.start(DemoAuthServer.Settings.standard())) {
            URI wrong = URI.create(auth.issuer() + "/authorize?client_id=secretive");
            assertThatThrownBy(() -> browser.callbackFrom(wrong, URI.create(AuthWalk.REDIRECT)))
                    .hasMessageContaining("status 400 at /authorize")
                    .hasMessageNotContaining("secretive");
        }
    }

    private static URI start(AuthWalk walk) {
        return URI.create(walk.auth.issuer() + "/authorize?" + Web.encoded(walk.question()));
    }
}
