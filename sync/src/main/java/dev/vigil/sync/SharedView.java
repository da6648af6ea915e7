// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.auth.Grant;
import dev.vigil.sync.Lease.Holder;
import dev.vigil.sync.Lease.Intended;
import java.time.Instant;
import java.util.Optional;

/**
 * How a login stands in the bucket right now, without its tokens.
 *
 * @param loggedOut is it a logout that stands there?
 * @param writer name of the machine that wrote it, {@code writtenAt} by its clock
 * @param turnOf the machine whose turn it is to refresh, if any
 * @param openOf the machine that began to refresh this or a later token set and has not told what came of it
 * @param openSince by that machine's clock
 */
public record SharedView(
        long epoch,
        long generation,
        boolean loggedOut,
        String writer,
        Instant writtenAt,
        Optional<Instant> expires,
        Optional<String> turnOf,
        Optional<String> openOf,
        Optional<Instant> openSince) {

    static SharedView of(SharedState state, Optional<Lease> lease) {
        Optional<Intended> open = lease.flatMap(Lease::intent).filter(intent -> !intent.isSettledBy(state));
        return new SharedView(
                state.epoch(),
                state.generation(),
                state.grant().isEmpty(),
                state.writer().name(),
                state.writtenAt(),
                state.grant().map(Grant::tokens).flatMap(tokens -> tokens.expiresAt()),
                lease.flatMap(Lease::holder).map(Holder::machine).map(Machine::name),
                open.map(Intended::machine).map(Machine::name),
                open.map(Intended::at));
    }
}
