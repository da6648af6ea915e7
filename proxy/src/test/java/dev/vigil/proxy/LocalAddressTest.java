// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalAddressTest {

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, true",
        "127.255.255.254, true",
        "0.0.0.0, true",
        "0.1.2.3, true",
        "10.0.0.1, true",
        "11.0.0.1, false",
        "100.63.255.255, false",
        "100.64.0.1, true",
        "100.127.255.255, true",
        "100.128.0.1, false",
        "169.253.0.1, false",
        "169.254.169.254, true",
        "172.15.255.255, false",
        "172.16.0.1, true",
        "172.31.255.255, true",
        "172.32.0.1, false",
        "192.0.0.8, true",
        "192.0.1.1, false",
        "192.168.1.1, true",
        "192.169.1.1, false",
        "198.17.255.255, false",
        "198.18.0.1, true",
        "198.19.0.1, true",
        "223.255.255.255, false",
        "224.0.0.1, true",
        "255.255.255.255, true",
        "8.8.8.8, false",
        "::, true",
        "::1, true",
        "::7f00:1, true",
        "::808:808, false",
        "::ffff:10.0.0.1, true",
        "::ffff:8.8.8.8, false",
        "fe80::1, true",
        "febf::1, true",
        "fec0::1, true",
        "fc00::1, true",
        "fdff::1, true",
        "fe00::1, false",
        "ff02::1, true",
        "64:ff9b::7f00:1, true",
        "64:ff9b::808:808, false",
        "64:ff9b:1::808:808, true",
        "2002:7f00:1::1, true",
        "2002:808:808::1, false",
        "2606:4700::1111, false"
    })
    void addressesOfOurOwnNetworksAreTold(String address, boolean local) {
        assertThat(NoProxyEntry.literal(address))
                .hasValueSatisfying(
                        found -> assertThat(LocalAddress.isLocal(found)).isEqualTo(local));
    }
}
