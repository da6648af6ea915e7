// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.auth.Grant;
import dev.vigil.vault.Fields;
import dev.vigil.vault.TokenJson;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the bucket holds of one grant, or that there is none any more. One object per grant, sealed, replaced by
 * compare-and-swap only:
 *
 * <pre>
 * version     1
 * connector   its name
 * epoch       counts logins and logouts
 * generation  counts token sets
 * writer      {id, name}: the machine that wrote this
 * writtenAt   by its clock, for people
 * grant       as in the vault, with URL, scopes and registered client; null after a logout
 * </pre>
 *
 * What is newer is decided by {@link Rank}, never by a clock.
 */
record SharedState(
        String connector, long epoch, long generation, Machine writer, Instant writtenAt, Optional<Grant> grant) {
    private static final int VERSION = 1;

    static SharedState of(Grant grant, Machine writer, Instant now) {
        return new SharedState(
                grant.connector(), grant.epoch(), grant.tokens().generation(), writer, now, Optional.of(grant));
    }

    /**
     * Somebody has logged out: whoever holds an older grant holds nothing.
     *
     * @param ended epoch of the login that ended
     */
    SharedState loggedOut(long ended, Machine by, Instant now) {
        return new SharedState(connector, Math.max(epoch, ended) + 1, generation, by, now, Optional.empty());
    }

    Rank rank() {
        return grant.isPresent() ? Rank.login(epoch, generation) : Rank.logout(epoch);
    }

    boolean supersedes(Grant held) {
        return rank().isAbove(Rank.of(held));
    }

    boolean isSupersededBy(Grant held) {
        return Rank.of(held).isAbove(rank());
    }

    byte[] json() {
        ObjectNode node = Fields.empty();
        node.put("version", VERSION);
        node.put("connector", connector);
        node.put("epoch", epoch);
        node.put("generation", generation);
        writer.into(node.putObject("writer"));
        node.put("writtenAt", writtenAt.toString());
        node.set("grant", grant.map(TokenJson::write).orElse(null));
        return Fields.bytes(node);
    }

    /** @throws IllegalArgumentException naming the field that is wrong, or the version that is too new */
    static SharedState read(byte[] json) {
        Fields fields = Fields.parse(json);
        checkVersion(fields, VERSION);
        return new SharedState(
                fields.text("connector"),
                fields.number("epoch"),
                fields.number("generation"),
                Machine.read(fields.object("writer")),
                fields.instant("writtenAt"),
                fields.maybeObject("grant", TokenJson::grant));
    }

    static void checkVersion(Fields fields, int known) {
        if (fields.number("version") > known) {
            throw new IllegalArgumentException(
                    "version " + fields.number("version") + " is newer than this Vigil reads");
        }
    }
}
