// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.sync.SharedKeys;
import dev.vigil.sync.SharedKeys.Changed;
import dev.vigil.sync.SharedKeys.Pulled;
import dev.vigil.vault.HeldRing;
import dev.vigil.vault.KeyRing;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/**
 * {@code vigil keys list}, {@code rotate} and {@code retire}, over the ring of this machine and, where a bucket is
 * configured, the ring that machines share. The own ring comes first: a bucket that is down leaves it done.
 */
record KeyRings(Workplace workplace) {
    private static final JsonMapper JSON = new JsonMapper();

    int list(boolean json) {
        List<KeyRing.Key> own = workplace.vaults().keyRing().keys();
        Optional<HeldRing> shared = workplace.vaults().sharedSeal().ring().held();
        if (json) {
            say(JSON.writeValueAsString(asJson(own, shared)));
            return 0;
        }
        if (own.isEmpty()) {
            say("No key yet: one is made when something is first sealed.");
        }
        own.forEach(key -> say(line(key.id(), key.primary(), key.created().toString()) + "  needed by "
                + StatusText.counted(key.files(), "file")));
        shared.ifPresent(this::sayShared);
        return 0;
    }

    int rotate() {
        KeyRing.Rotation own = workplace.vaults().keyRing().rotate();
        say("New primary key " + own.primary() + ". Sealed again: " + StatusText.counted(own.sealedAnew(), "file")
                + ".");
        own.left().forEach(message -> note("Still under an old key: " + message));
        Optional<Changed> shared = sharedKeys().map(SharedKeys::rotate);
        shared.ifPresent(this::sayRotated);
        say("Old keys stay readable. To remove them: vigil keys retire");
        boolean isWhole = own.left().isEmpty()
                && shared.filter(done -> !done.left().isEmpty()).isEmpty();
        return isWhole ? 0 : Failure.Code.STORAGE.number();
    }

    int retire() {
        KeyRing.Retirement own = workplace.vaults().keyRing().retire();
        say(
                own.removed().isEmpty()
                        ? "There was no old key."
                        : "Removed old keys: " + own.removed() + ". Files sealed again first: " + own.sealedAnew()
                                + ".");
        Optional<Changed> shared = sharedKeys().map(SharedKeys::retire);
        shared.ifPresent(this::sayRetired);
        return shared.filter(done -> done.removed().isEmpty() && !done.left().isEmpty())
                        .isEmpty()
                ? 0
                : Failure.Code.STORAGE.number();
    }

    private void sayRotated(Changed shared) {
        say("In the bucket: new primary key " + shared.primary() + ". Sealed again: "
                + StatusText.counted(shared.sealedAnew(), "object") + ". Other machines follow at their next round.");
        shared.left().forEach(message -> note("Still under an old key: " + message));
        noteLeftOut(shared);
    }

    /** What may be a stranger's, or damaged, and costs nobody anything. */
    private void noteLeftOut(Changed shared) {
        shared.leftOut().forEach(message -> note("Left out, since no login is in it: " + message));
    }

    private void sayRetired(Changed shared) {
        noteLeftOut(shared);
        if (shared.removed().isEmpty() && !shared.left().isEmpty()) {
            note("In the bucket no key was removed:");
            shared.left().forEach(this::note);
        } else {
            say(
                    shared.removed().isEmpty()
                            ? "In the bucket there was no old key."
                            : "In the bucket: removed old keys " + shared.removed() + ". Objects sealed again: "
                                    + shared.sealedAnew() + ".");
        }
    }

    private void sayShared(HeldRing held) {
        say("Shared through the bucket, revision " + held.revision() + ":");
        held.keys()
                .forEach(key -> say(
                        line(key.id(), key.id() == held.primary(), key.created().toString())));
        if (held.isDouble()) {
            note("A change of the key-encryption key was begun and not finished. Run once more: vigil keys rewrap");
        }
    }

    private static String line(long id, boolean primary, String created) {
        return id + "  " + (primary ? "primary" : "old    ") + "  created " + created;
    }

    private static ArrayNode asJson(List<KeyRing.Key> own, Optional<HeldRing> shared) {
        ArrayNode all = JSON.createArrayNode();
        own.forEach(key -> all.addObject()
                .put("ring", "own")
                .put("id", key.id())
                .put("primary", key.primary())
                .put("created", key.created().toString())
                .put("files", key.files()));
        shared.ifPresent(held -> held.keys().forEach(key -> put(all, held, key)));
        return all;
    }

    private static void put(ArrayNode all, HeldRing held, HeldRing.Key key) {
        all.addObject()
                .put("ring", "shared")
                .put("id", key.id())
                .put("primary", key.id() == held.primary())
                .put("created", key.created().toString());
    }

    /** After a look at the bucket, whose news are told. */
    private Optional<SharedKeys> sharedKeys() {
        Optional<SharedKeys> keys =
                workplace.bucket().map(bucket -> bucket.sharing().keys());
        keys.ifPresent(one -> {
            Pulled pulled = one.pull();
            if (pulled instanceof Pulled.RolledBack back) {
                note("Warning: " + back.why());
            }
        });
        return keys;
    }

    private void say(String line) {
        workplace.shell().say(line);
    }

    private void note(String line) {
        workplace.shell().note(line);
    }
}
