// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.Origin;
import dev.vigil.proxy.OutboundException.Kind;
import io.netty.handler.proxy.ProxyConnectException;
import io.netty.handler.ssl.NotSslRecordException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Turns what went wrong on the way out into a sentence that helps. Touched on the dial's event loop only. */
final class DialFault {

    /** How far a dial has come. */
    enum Step {
        LOOK_UP("the name was being looked up"),
        CONNECT("the TCP connection was being made"),
        TUNNEL("the HTTP proxy was to open a tunnel"),
        TLS("TLS was being agreed on");

        private final String words;

        Step(String words) {
            this.words = words;
        }
    }

    private final String target;
    private final String host;
    private final Optional<ProxyRule.HttpProxy> proxy;
    private Step step = Step.LOOK_UP;

    DialFault(Origin origin, Optional<ProxyRule.HttpProxy> proxy) {
        this.target = origin.host() + ":" + origin.port();
        this.host = origin.host();
        this.proxy = proxy;
    }

    void at(Step reached) {
        step = reached;
    }

    OutboundException timeout(Duration limit) {
        return new OutboundException(
                Kind.TIMEOUT, "no connection to " + whereTo() + " within " + limit.toSeconds() + " s: " + step.words);
    }

    OutboundException forbidden() {
        return new OutboundException(
                Kind.FORBIDDEN_ADDRESS,
                target + " is a loopback, private or link-local address, and the server that named it is not");
    }

    OutboundException of(Throwable cause) {
        if (cause instanceof OutboundException known) {
            return known;
        }
        return switch (step) {
            case LOOK_UP -> lookUp(cause);
            case CONNECT -> connect(cause);
            case TUNNEL -> new OutboundException(Kind.PROXY, "no way to " + whereTo() + ": " + refusal(cause), cause);
            case TLS ->
                new OutboundException(Kind.TLS, "no TLS connection to " + target + ": " + distrust(cause), cause);
        };
    }

    private OutboundException lookUp(Throwable cause) {
        if (cause instanceof UnknownHostException) {
            String name = proxy.map(ProxyRule.HttpProxy::host).orElse(host);
            return new OutboundException(
                    proxy.isPresent() ? Kind.PROXY : Kind.RESOLVE,
                    "the host name " + name + (proxy.isPresent() ? " (of HTTPS_PROXY)" : "")
                            + " has no address. Check its spelling, and that this machine is online",
                    cause);
        }
        return new OutboundException(Kind.OTHER, "no connection to " + whereTo() + ": " + reason(cause), cause);
    }

    private OutboundException connect(Throwable cause) {
        Kind kind = proxy.isPresent()
                ? Kind.PROXY
                : cause instanceof ConnectException || cause instanceof NoRouteToHostException
                        ? Kind.REFUSED
                        : Kind.OTHER;
        return new OutboundException(kind, "no connection to " + whereTo() + ": " + reason(cause), cause);
    }

    private String whereTo() {
        return target
                + proxy.map(via -> " through the HTTP proxy " + via.authority() + " of HTTPS_PROXY")
                        .orElse("");
    }

    /** Netty puts proxy, target and status into one sentence; only the status is news. */
    private static String refusal(Throwable cause) {
        String message = reason(cause);
        int status = message.indexOf("status: ");
        return status >= 0 ? "it answered " + message.substring(status + "status: ".length()) : message;
    }

    private String distrust(Throwable cause) {
        Optional<Throwable> expired = find(cause, CertificateExpiredException.class);
        if (expired.isPresent()) {
            return "its certificate has expired (" + reason(expired.get()) + ")";
        }
        Optional<Throwable> early = find(cause, CertificateNotYetValidException.class);
        if (early.isPresent()) {
            return "its certificate is not valid yet (" + reason(early.get()) + "). Check this machine's clock";
        }
        if (find(cause, NotSslRecordException.class).isPresent()) {
            return "it does not speak TLS on this port. Is the URL meant to begin with http://?";
        }
        String deepest = reason(deepest(cause));
        if (deepest.contains("unable to find valid certification path")) {
            return "its certificate comes from an unknown issuer. If that is your own authority, name its PEM file in tls.ca";
        }
        if (deepest.startsWith("No subject alternative") || deepest.startsWith("No name matching")) {
            return "its certificate is not for " + host + " (" + deepest + ")";
        }
        return deepest;
    }

    private static String reason(Throwable cause) {
        String message = cause.getMessage();
        String plain = message == null || message.isBlank() ? cause.getClass().getSimpleName() : message;
        // Netty appends the address, which the sentence has already.
        int address = cause instanceof ConnectException && !(cause instanceof ProxyConnectException)
                ? plain.lastIndexOf(": ")
                : -1;
        return address > 0 ? plain.substring(0, address) : plain;
    }

    private static Optional<Throwable> find(Throwable cause, Class<? extends Throwable> type) {
        return Stream.<Throwable>iterate(cause, Objects::nonNull, Throwable::getCause)
                .filter(type::isInstance)
                .findFirst();
    }

    private static Throwable deepest(Throwable cause) {
        Throwable at = cause;
        while (at.getCause() != null) {
            at = at.getCause();
        }
        return at;
    }
}
