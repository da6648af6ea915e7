// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.sync.SharedKeys;
import dev.vigil.sync.SharedKeys.Changed;
import dev.vigil.sync.StoreException;
import dev.vigil.vault.KekChange;
import dev.vigil.vault.KeyOrigin;
import java.util.Optional;

/** {@code vigil keys rewrap}: another key-encryption key, here and in the bucket. The order is that of {@link KekChange}. */
record KeyRewrap(Workplace workplace) {

    int run(String to) {
        Shell shell = workplace.shell();
        KeyTarget target = KeyTarget.parse(to, shell.userHome());
        KeyOrigin next = ConfiguredKey.origin(target.config(), new SecretReader(shell.environment()));
        try (KekChange change = workplace.vaults().changeKeyTo(next)) {
            Optional<SharedKeys> shared = workplace.bucket().map(bucket -> bucket.keysSealedBy(change.sharedSeal()));
            shared.ifPresent(SharedKeys::wrapTwice);
            change.wrapTwice(shared.isEmpty());
            change.putFile();
            workplace.editor().putKey(target);
            Optional<Changed> shutOut = shared.map(keys -> shutOut(keys, to));
            change.finish(target.file());
            shell.say("The key rings here are wrapped by the new key-encryption key (" + place(target) + ").");
            shutOut.ifPresent(this::tell);
        }
        advise(target);
        return 0;
    }

    private static Changed shutOut(SharedKeys keys, String to) {
        try {
            return keys.shutOut();
        } catch (StoreException e) {
            throw new Failure(
                    SyncText.code(e.isRetriable()),
                    "the new key-encryption key is in force here, but the bucket still opens with the old one too: "
                            + e.getMessage() + ". Run once more: vigil keys rewrap --to " + to);
        }
    }

    private void tell(Changed done) {
        Shell shell = workplace.shell();
        if (done.removed().isEmpty() && done.sealedAnew() == 0) {
            shell.say("The bucket's key ring is under that key already, with nothing left to change.");
            return;
        }
        shell.say("The bucket has a new primary key " + done.primary() + ". Sealed again: "
                + StatusText.counted(done.sealedAnew(), "object") + ". Keys that open nothing there any more: "
                + done.removed());
        done.leftOut().forEach(message -> shell.note("Left out, since no login is in it: " + message));
        done.left().forEach(message -> shell.note("Left as it is, of no use to anybody: " + message));
        shell.say("On each other machine run the same with the same key. After a new-file: vigil keys export FILE here,"
                + " vigil keys import FILE there.");
        shell.say("What a lost machine holds of tokens is ended by logging out or in again: vigil logout NAME");
    }

    private void advise(KeyTarget target) {
        if (target.setting().isPresent() && workplace.daemon().isPresent()) {
            workplace
                    .shell()
                    .note("The daemon goes on. If it was not started with " + place(target)
                            + " at hand, start it anew: vigil stop, vigil run --background");
        }
    }

    private static String place(KeyTarget target) {
        return target.setting()
                .map(setting ->
                        "keys." + setting + ": " + target.value().toString().replace("=", ": "))
                .orElse("a new keys/kek");
    }
}
