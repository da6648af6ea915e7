// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLContext;

/** A certificate authority that only a test trusts. */
final class TestPki {
    private final X509Bundle authority;

    TestPki(String name) throws Exception {
        authority = new CertificateBuilder()
                .ecp256()
                .subject("CN=" + name)
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
    }

    Path writeTo(Path file) throws Exception {
        return Files.writeString(file, authority.getCertificatePEM());
    }

    String pem() {
        return authority.getCertificatePEM();
    }

    SSLContext serverFor(String host) throws Exception {
        return context(leaf(host));
    }

    SSLContext expiredServerFor(String host) throws Exception {
        return context(leaf(host)
                .notBefore(Instant.now().minus(Duration.ofDays(20)))
                .notAfter(Instant.now().minus(Duration.ofDays(10))));
    }

    private static CertificateBuilder leaf(String host) {
        return new CertificateBuilder().ecp256().subject("CN=" + host).addSanDnsName(host);
    }

    private SSLContext context(CertificateBuilder leaf) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(leaf.buildIssuedBy(authority).toKeyManagerFactory().getKeyManagers(), null, null);
        return context;
    }
}
