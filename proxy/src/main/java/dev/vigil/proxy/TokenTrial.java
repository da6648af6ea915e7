// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.Authorization;
import dev.vigil.auth.Authorization.Live;
import dev.vigil.auth.Connector;
import dev.vigil.auth.Grant;
import dev.vigil.auth.Zone;
import io.netty.buffer.ByteBuf;
import java.util.Optional;

/** What one exchange shows about the token that was sent, told to the keeper. On the client's event loop only. */
final class TokenTrial {
    private final ProxyParts parts;
    private final Connector connector;
    private final Optional<HiddenExpiry> hiddenExpiry;
    private Optional<Grant> sent = Optional.empty();
    private boolean expired;

    TokenTrial(ProxyParts parts, Connector connector) {
        this.parts = parts;
        this.connector = connector;
        this.hiddenExpiry = connector.refresh().expiredWhen().map(HiddenExpiry::new);
    }

    /** The request is sent so. */
    void sent(Authorization authorization) {
        sent = authorization instanceof Live live ? Optional.of(live.grant()) : Optional.empty();
        expired = authorization instanceof Live live && live.zone(parts.time().now()) == Zone.EXPIRED;
    }

    /** Whose token was sent; empty for none. */
    Optional<Grant> grant() {
        return sent;
    }

    /** 0 where none was sent. */
    long generation() {
        return sent.map(grant -> grant.tokens().generation()).orElse(0L);
    }

    /** The upstream took it. One that had expired by our clock works all the same then: others may use it too. */
    void accepted() {
        if (expired) {
            parts.keeper().upstream().expiredAccepted(connector.name(), generation());
        }
    }

    /** A piece of a good answer, in which some servers say that the token has expired. */
    void heard(ByteBuf piece) {
        if (hiddenExpiry.isPresent() && hiddenExpiry.get().isIn(piece) && sent.isPresent()) {
            parts.keeper().upstream().suspect(connector.name(), generation());
        }
    }
}
