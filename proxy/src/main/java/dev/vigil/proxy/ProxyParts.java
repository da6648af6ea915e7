// SPDX-License-Identifier: Apache-2.0
package dev.vigil.proxy;

import dev.vigil.auth.Connector;
import dev.vigil.auth.Secret;
import dev.vigil.auth.TimeSource;
import dev.vigil.auth.TokenKeeper;
import dev.vigil.session.SessionBook;
import dev.vigil.snapshot.PassingLists;
import dev.vigil.snapshot.StandIn;
import java.util.Optional;
import java.util.function.Function;

/**
 * What the proxy needs from the rest of the product. All functions are called on {@code proxy-io}: they may not block.
 *
 * @param connectors a connector by its name, as configured now
 * @param localKeys the client that a local key belongs to
 * @param facing how a connector meets its clients, by its name
 */
public record ProxyParts(
        TokenKeeper keeper,
        Function<String, Optional<Connector>> connectors,
        Function<Secret, Optional<String>> localKeys,
        LocalPages pages,
        Outbound outbound,
        ProxyEvents events,
        TimeSource time,
        Pacing pacing,
        SessionBook sessions,
        StandIn standIn,
        PassingLists.Ear lists,
        Function<String, Facing> facing,
        LoginLinks links) {}
