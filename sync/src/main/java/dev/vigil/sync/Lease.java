// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.vault.Fields;
import dev.vigil.vault.Randomness;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * Whose turn it is to refresh one grant. One object per grant, sealed, never deleted, replaced by compare-and-swap only:
 *
 * <pre>
 * version  1
 * nonce    16 random bytes in hexadecimal, new with every write: equal content must not come back under an equal ETag
 * holder   {id, name, ttlSeconds}: the machine that has the turn; null when nobody has
 * intent   {id, name, epoch, generation, at}: the machine that last sent a refresh token, or was about to, and of which
 *          generation; null when there is none
 * </pre>
 *
 * An intent stays after its holder has let go, unless nothing was sent or the server said no. A state of a later generation
 * settles it. As long as there is none, only the machine that wrote it may send that refresh token again, because the new
 * tokens may lie on its disk, or stood in the bucket once.
 */
record Lease(String nonce, Optional<Holder> holder, Optional<Intended> intent) {
    /** For so long a turn is good, from the moment when it was asked for. */
    static final Duration TTL = Duration.ofSeconds(90);

    private static final int VERSION = 1;

    /** @param ttl how long others must see this very lease unchanged, and some more, before they call it dead */
    record Holder(Machine machine, Duration ttl) {}

    record Intended(Machine machine, long epoch, long generation, Instant at) {
        /** Is it about tokens that {@code state} has left behind? Then its outcome is known. */
        boolean isSettledBy(SharedState state) {
            return state.rank().isAbove(Rank.login(epoch, generation));
        }
    }

    /** Nobody's turn yet. */
    static Lease free() {
        return new Lease(freshNonce(), Optional.empty(), Optional.empty());
    }

    /** @param left the intent that has to be kept, if any */
    static Lease heldBy(Machine machine, Optional<Intended> left) {
        return new Lease(freshNonce(), Optional.of(new Holder(machine, TTL)), left);
    }

    Lease intending(Intended next) {
        return new Lease(freshNonce(), holder, Optional.of(next));
    }

    /**
     * The turn is over.
     *
     * @param left the intent whose outcome nobody knows, if so
     */
    static Lease released(Optional<Intended> left) {
        return new Lease(freshNonce(), Optional.empty(), left);
    }

    boolean isHeldByAnother(Machine machine) {
        return holder.filter(one -> !one.machine().isSame(machine)).isPresent();
    }

    byte[] json() {
        ObjectNode node = Fields.empty();
        node.put("version", VERSION);
        node.put("nonce", nonce);
        node.putNull("holder");
        holder.ifPresent(one -> one.machine()
                .into(node.putObject("holder"))
                .put("ttlSeconds", one.ttl().toSeconds()));
        node.putNull("intent");
        intent.ifPresent(one -> one.machine()
                .into(node.putObject("intent"))
                .put("epoch", one.epoch())
                .put("generation", one.generation())
                .put("at", one.at().toString()));
        return Fields.bytes(node);
    }

    /** @throws IllegalArgumentException naming the field that is wrong, or the version that is too new */
    static Lease read(byte[] json) {
        Fields fields = Fields.parse(json);
        SharedState.checkVersion(fields, VERSION);
        return new Lease(
                fields.text("nonce"),
                fields.maybeObject(
                        "holder", one -> new Holder(Machine.read(one), Duration.ofSeconds(one.number("ttlSeconds")))),
                fields.maybeObject(
                        "intent",
                        one -> new Intended(
                                Machine.read(one), one.number("epoch"), one.number("generation"), one.instant("at"))));
    }

    private static String freshNonce() {
        return HexFormat.of().formatHex(Randomness.bytes(16));
    }
}
