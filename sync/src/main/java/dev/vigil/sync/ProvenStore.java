// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.sync.ProbeVerdict.Outcome;
import dev.vigil.sync.StoreException.Kind;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Lets no write through to a bucket whose conditional writes were not proved ({@link BucketProbe}), and nothing at all to one
 * that has failed the proof.
 *
 * @param verdict the newest one, asked at each call; empty while nobody has probed
 */
public record ProvenStore(ProbedStore store, Supplier<Optional<ProbeVerdict>> verdict) implements ForwardingStore {

    @Override
    public void close() {
        store.close();
    }

    @Override
    public ObjectStore reading() {
        Optional<ProbeVerdict> known = verdict.get();
        if (known.filter(one -> one.outcome() == Outcome.REFUSED).isPresent()) {
            throw refused(known.orElseThrow().reason());
        }
        return store;
    }

    @Override
    public ObjectStore writing() {
        reading();
        ProbeVerdict known = verdict.get()
                .orElseThrow(() -> refused("nobody has found out yet whether it is fit. Run: vigil sync init"));
        if (!known.isAccepted()) {
            throw refused("these credentials may only read it. Give others, or write readOnly: on under sync: in the"
                    + " config, for a machine that only uses what others keep alive");
        }
        return store.speaking(known.etags());
    }

    private StoreException refused(String why) {
        return new StoreException(Kind.REFUSED, false, "the bucket is not used: " + why);
    }

    @Override
    public String toString() {
        return store.toString();
    }
}
