// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Whom we believe: the JDK's roots (or what {@code javax.net.ssl.trustStore} names), and the user's own beside them. */
final class TrustedRoots {
    private final Collection<? extends Certificate> extra;

    /** Guarded by {@code this}; made on the first https connection, because loading the JDK's roots takes a while. */
    private @Nullable SslContext context;

    private TrustedRoots(Collection<? extends Certificate> extra) {
        this.extra = extra;
    }

    /** @throws IllegalArgumentException naming the file and the reason when it cannot be used */
    static TrustedRoots with(Optional<Path> pem) {
        return new TrustedRoots(pem.map(TrustedRoots::read).orElse(List.of()));
    }

    /** Any thread but an event loop's: the first call reads files. */
    synchronized SslContext context() throws GeneralSecurityException, IOException {
        if (context == null) {
            context = SslContextBuilder.forClient()
                    .trustManager(factory(everything()))
                    .endpointIdentificationAlgorithm("HTTPS")
                    .build();
        }
        return context;
    }

    private KeyStore everything() throws GeneralSecurityException, IOException {
        KeyStore all = KeyStore.getInstance("PKCS12");
        all.load(null, null);
        int number = 0;
        for (Certificate root : Stream.concat(builtIn(), extra.stream()).toList()) {
            all.setCertificateEntry("root-" + number++, root);
        }
        return all;
    }

    private static Stream<? extends Certificate> builtIn() throws GeneralSecurityException {
        return Arrays.stream(factory(null).getTrustManagers())
                .filter(X509TrustManager.class::isInstance)
                .flatMap(manager -> Arrays.stream(((X509TrustManager) manager).getAcceptedIssuers()));
    }

    private static TrustManagerFactory factory(@Nullable KeyStore roots) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(roots);
        return factory;
    }

    private static Collection<? extends Certificate> read(Path pem) {
        try {
            InputStream bytes = new ByteArrayInputStream(Files.readAllBytes(pem));
            Collection<? extends Certificate> found =
                    CertificateFactory.getInstance("X.509").generateCertificates(bytes);
            if (found.isEmpty()) {
                throw unusable(pem, "it holds no certificate", null);
            }
            return found;
        } catch (NoSuchFileException missing) {
            throw unusable(pem, "there is no such file", missing);
        } catch (IOException unreadable) {
            throw unusable(pem, "it cannot be read: " + unreadable.getMessage(), unreadable);
        } catch (CertificateException notPem) {
            throw unusable(pem, "it is not a PEM file of certificates: " + notPem.getMessage(), notPem);
        }
    }

    private static IllegalArgumentException unusable(Path pem, String reason, @Nullable Throwable cause) {
        return new IllegalArgumentException(
                "tls.ca '" + pem + "': " + reason + ". Name a PEM file that begins with -----BEGIN CERTIFICATE-----",
                cause);
    }
}
