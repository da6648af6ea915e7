// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class S3SettingsTest {
    @ParameterizedTest
    @CsvSource({
        "s3://team-vigil,            team-vigil, ''",
        "s3://team-vigil/,           team-vigil, ''",
        "s3://team-vigil/prod,       team-vigil, prod/",
        "s3://team-vigil/prod/,      team-vigil, prod/",
        "s3://team.vigil/a/b,        team.vigil, a/b/",
    })
    void addressSaysBucketAndPrefix(URI address, String bucket, String prefix) {
        S3Settings settings = S3Settings.at(address);

        assertThat(settings.bucket()).isEqualTo(bucket);
        assertThat(settings.prefix()).isEqualTo(prefix);
        assertThat(settings.pathStyle()).isFalse();
        assertThat(settings.etags()).isEqualTo(EtagStyle.QUOTED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"s3:team", "https://team/x", "s3://Team_Vigil", "s3://ab", "s3://team/a//b", "s3://team/../b"})
    void otherAddressesAreMistakes(String address) {
        assertThatThrownBy(() -> S3Settings.at(URI.create(address))).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://host", "https://user:pass@host", "https:///path", "https://host/?key=value"})
    void endpointsThatAreNoneAreMistakesAndShowNoPassword(String endpoint) {
        S3Settings settings = S3Settings.at(URI.create("s3://team"));

        assertThatThrownBy(() -> settings.withEndpoint(URI.create(endpoint)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("pass@")
                .hasMessageNotContaining("value");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "eu west", "eu.west", "eu/west"})
    void regionThatIsNoneIsAMistake(String region) {
        S3Settings settings = S3Settings.at(URI.create("s3://team"));

        assertThatThrownBy(() -> settings.withRegion(region)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void noPatienceIsAMistake() {
        S3Settings settings = S3Settings.at(URI.create("s3://team"));

        assertThatThrownBy(() -> settings.withPatience(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void endpointIsPathStyleUnlessSomebodySaysOtherwise() {
        S3Settings settings =
                S3Settings.at(URI.create("s3://team/p")).withEndpoint(URI.create("https://ceph.example.com:8443"));

        assertThat(settings.pathStyle()).isTrue();
        assertThat(settings.withPathStyle(false).pathStyle()).isFalse();
        assertThat(settings.place()).isEqualTo("s3://team/p/ at https://ceph.example.com:8443");
    }
}
