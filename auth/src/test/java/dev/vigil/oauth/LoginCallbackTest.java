// SPDX-License-Identifier: Apache-2.0
package dev.vigil.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.oauth.LoginCallback.Page;
import dev.vigil.oauth.LoginException.Kind;
import dev.vigil.oauth.LoginStatus.Done;
import dev.vigil.oauth.LoginStatus.Failed;
import dev.vigil.oauth.LoginStatus.Unknown;
import dev.vigil.oauth.LoginStatus.Waiting;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LoginCallbackTest {
    private static final String EVIL = "<script>alert(1)</script>";

    /** One of each, with markup wherever a stranger could have put it. */
    static final Map<LoginStatus, Page> PAGES = Map.of(
            new Done(new LoginReport(EVIL, EVIL, Optional.of(EVIL), List.of(EVIL), Optional.empty(), true)),
                    Page.SUCCESS,
            new Failed(EVIL, Kind.REFUSED, EVIL), Page.REFUSED,
            new Unknown(), Page.UNKNOWN,
            new Waiting("id", EVIL, URI.create("https://auth.example.com/")), Page.UNKNOWN);

    @Test
    void everyOutcomeHasItsPage() {
        PAGES.forEach((status, page) -> assertThat(LoginCallback.page(status)).isEqualTo(page));
    }

    @ParameterizedTest
    @EnumSource
    void pagesAreConstantWholeAndWithoutScript(Page page) {
        assertThat(page.html())
                .startsWith("<!doctype html>")
                .endsWith("</html>\n")
                .doesNotContain("TITLE", "SENTENCE", "<script", "http");
        int status = page == Page.SUCCESS ? 200 : page == Page.NOT_BEGUN ? 502 : 400;
        assertThat(page.status()).isEqualTo(status);
    }
}
