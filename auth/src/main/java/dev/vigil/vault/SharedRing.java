// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import dev.vigil.auth.TimeSource;
import dev.vigil.auth.VaultException;
import dev.vigil.auth.VaultException.Kind;
import dev.vigil.vault.RingJson.Reading;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * The key ring that machines share. It lies in the bucket; {@code keys/shared-ring.json} is this machine's copy, byte for
 * byte, of the newest that it has seen, and only a newer one takes its place. This class judges what the bucket shows and
 * makes what is to be written there; who writes is not its concern. Any thread but {@code proxy-io}; blocks on the disk and
 * throws {@link VaultException}.
 */
public final class SharedRing {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Path path;
    private final Path lock;
    private final List<KekSource> sources;
    private final SafeFiles files;
    private final TimeSource time;
    private final RingFile file;
    private final SealingKeys keys;

    /** @param sources what may open it; the first one wraps a ring that is made here */
    SharedRing(Home home, List<KekSource> sources, SafeFiles files, TimeSource time) {
        this.path = home.sharedRing();
        this.lock = home.sharedRingLock();
        this.sources = List.copyOf(sources);
        this.files = files;
        this.time = time;
        this.file = new RingFile(path, sources, files);
        this.keys = new SealingKeys(file, lock, time, () -> true);
    }

    /** What a ring in the bucket is to this machine. */
    public sealed interface Verdict {
        /** What is held here already. */
        record Same() implements Verdict {}

        /** @param healing for what this machine may have sealed under keys that are gone; empty when there is none, or no trust */
        record Newer(Optional<Resealing> healing) implements Verdict {}

        /**
         * Ours belongs in its place.
         *
         * @param isFork both come from one state, and ours must be raised to prevail
         * @param why what is wrong with it, as a clause
         */
        record Older(String why, boolean isFork) implements Verdict {}

        /** @param why what is wrong and what helps, as sentences */
        record Refused(String why) implements Verdict {}
    }

    /** What can be done to a ring. */
    public enum Change {
        /** A new primary; the old keys open what they sealed. */
        ROTATED,
        /** The primary alone. */
        RETIRED,
        /** The same, as a newer state. */
        RAISED,
        /** The same, wrapped by the next key-encryption key too. Needs a ring with two sources: the old one and the next. */
        WRAPPED_TWICE,
        /** A new primary, wrapped by the next key-encryption key alone. As above. */
        SHUTTING_OUT
    }

    /** Empty before the first ring has come. */
    public Optional<HeldRing> held() {
        return keys.find()
                .map(ring -> new HeldRing(
                        ring.revision().number(),
                        ring.primary(),
                        ring.keyIds().stream()
                                .map(id -> new HeldRing.Key(id, ring.createdAt(id)))
                                .toList(),
                        file.bytes().filter(this::isDouble).isPresent()));
    }

    /** Byte for byte; empty before the first ring has come. */
    public Optional<byte[]> bytes() {
        return file.bytes();
    }

    /** A ring for a bucket that has none. Nothing is written but, where need be, the key-encryption key. */
    public byte[] first() {
        Wrapping by = sources.get(0).forNew();
        return Fields.bytes(RingJson.wrapped(Ring.fresh(time.now().wall()), by, Optional.empty()));
    }

    public Verdict judge(byte[] found) {
        Optional<byte[]> held = file.bytes();
        if (held.filter(ours -> Arrays.equals(ours, found)).isPresent()) {
            return new Verdict.Same();
        }
        Optional<Ring> ours = held.map(content -> file.open(content).ring());
        return new RingJudge(sources, path).verdict(found, ours);
    }

    /**
     * The ring after a change, to be written over {@code standing}.
     *
     * @param standing what the bucket holds, judged before
     * @throws VaultException BUSY when the change would cut short another that is under way
     */
    public byte[] after(Change change, byte[] standing) {
        Reading.Open open = file.open(standing);
        ObjectNode node = switch (change) {
            case ROTATED -> plain(open, open.ring().rotated(time.now().wall()));
            case RETIRED -> plain(open, open.ring().retired());
            case RAISED -> plain(open, open.ring().raised());
            case WRAPPED_TWICE -> RingJson.wrapped(open.ring().raised(), open.by(), Optional.of(next(standing)));
            case SHUTTING_OUT ->
                RingJson.wrapped(open.ring().shuttingOut(time.now().wall()), next(standing), Optional.empty());
        };
        return Fields.bytes(Fields.withUnknown(node, Fields.parse(standing).node()));
    }

    /** Keeps a ring that stands in the bucket, durably, unless a newer one is here already. */
    public void keep(byte[] newer) {
        Ring ring = file.open(newer).ring();
        try (FileGate gate = FileGate.exclusive(lock, PATIENCE)) {
            Optional<Ring> held = file.bytes().map(content -> file.open(content).ring());
            if (held.filter(ours -> ours.revision().number() > ring.revision().number())
                    .isEmpty()) {
                files.replace(path, newer);
            }
        }
    }

    /** From one state of the ring to another. */
    public Resealing resealing(byte[] before, byte[] now) {
        return new Resealing(file.open(before).ring(), file.open(now).ring());
    }

    /** Does the next key-encryption key alone open it? Needs two sources, the old one and the next. */
    public boolean isUnderNext(byte[] content) {
        KekSource next = sources.get(sources.size() - 1);
        return RingJson.open(Fields.parse(content), List.of(next)) instanceof Reading.Open open && !open.isDouble();
    }

    Ring current() {
        return keys.find()
                .orElseThrow(() -> new VaultException(
                        Kind.KEY,
                        path,
                        path + " is not there yet: the key ring of the bucket has not been read. Run: vigil sync now"));
    }

    private ObjectNode plain(Reading.Open open, Ring changed) {
        if (open.isDouble()) {
            throw file.unfinished();
        }
        return RingJson.wrapped(changed, open.by(), Optional.empty());
    }

    private boolean isDouble(byte[] content) {
        return Fields.parse(content).maybeObject("also", also -> also).isPresent();
    }

    /** The salt of a passphrase stays, so that it is derived once. */
    private Wrapping next(byte[] standing) {
        KekSource next = sources.get(sources.size() - 1);
        return RingJson.open(Fields.parse(standing), List.of(next)) instanceof Reading.Open open
                ? open.by()
                : next.forNew();
    }
}
