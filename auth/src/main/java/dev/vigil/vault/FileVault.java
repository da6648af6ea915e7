// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import dev.vigil.auth.Connector;
import dev.vigil.auth.Grant;
import dev.vigil.auth.Intent;
import dev.vigil.auth.Secret;
import dev.vigil.auth.TimeSource;
import dev.vigil.auth.TokenVault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * Grants as files: {@code grants/NAME.sealed} ({@link Envelope}), {@code locks/NAME} ({@link FileGate}: not re-entrant) and
 * {@code intents/NAME}. An intent is JSON in the clear and holds nothing that opens or unlocks anything:
 *
 * <pre>
 * version      1
 * connector    whose refresh token is about to be sent
 * generation   of the token set that it belongs to
 * fingerprint  base64url of HMAC-SHA256 of the refresh token under a key of the ring, cut to 16 bytes; "none" without one
 * at           when, ISO 8601 in UTC
 * pid          the process that sends it
 * </pre>
 *
 * Beside an intent {@code intents/NAME.room} takes up the space that the answer will need and is removed just before the
 * answer is saved, so that a disk that is full shows before a refresh token is spent. It holds zeros.
 */
public final class FileVault implements TokenVault {
    private static final String NOTHING_SENT = "none";
    /** Bytes; several times what a grant takes. */
    private static final int ROOM = 64 * 1024;

    private final Home home;
    private final SealedFolder<Grant> grants;
    private final FileSnapshots snapshots;
    private final SealingKeys keys;
    private final SafeFiles files;
    private final TimeSource time;

    FileVault(
            Home home,
            SealedFolder<Grant> grants,
            FileSnapshots snapshots,
            SealingKeys keys,
            SafeFiles files,
            TimeSource time) {
        this.home = home;
        this.grants = grants;
        this.snapshots = snapshots;
        this.keys = keys;
        this.files = files;
        this.time = time;
    }

    @Override
    public Optional<Grant> load(String connector) {
        return grants.load(checked(connector));
    }

    @Override
    public void save(Grant grant) {
        files.forget(room(grant.connector()));
        grants.save(checked(grant.connector()), grant);
    }

    /**
     * The intent goes first: one without a grant would be taken for a sign about the next login. What the server showed
     * that login goes with it.
     */
    @Override
    public void delete(String connector) {
        clearIntent(connector);
        grants.delete(connector);
        snapshots.forget(connector);
    }

    @Override
    public List<String> connectors() {
        return grants.names().stream().filter(Connector::isName).toList();
    }

    @Override
    public Optional<String> stamp(String connector) {
        return grants.stamp(checked(connector));
    }

    @Override
    public Claim claim(String connector, Duration patience) {
        return FileGate.exclusive(home.locks().resolve(checked(connector)), patience);
    }

    @Override
    public void writeIntent(Grant held) {
        files.replaceLoosely(room(held.connector()), new byte[ROOM]);
        ObjectNode node = Fields.empty();
        node.put("version", JsonFile.VERSION);
        node.put("connector", held.connector());
        node.put("generation", held.tokens().generation());
        node.put(
                "fingerprint",
                held.tokens().refreshToken().map(this::fingerprint).orElse(NOTHING_SENT));
        node.put("at", time.now().wall().toString());
        node.put("pid", ProcessHandle.current().pid());
        intentFile(held.connector()).write(node);
    }

    @Override
    public void clearIntent(String connector) {
        files.forget(room(connector));
        files.delete(intentFile(connector).path());
    }

    @Override
    public Optional<Intent> intent(String connector) {
        return intentFile(connector)
                .read(fields -> new Intent(
                        fields.text("connector"),
                        fields.number("generation"),
                        fields.text("fingerprint"),
                        fields.instant("at")));
    }

    /** Whoever writes a grant claims it, so what is found without a name of its own is the work of the dead. */
    @Override
    public Optional<Grant> rescue(Grant held) {
        Optional<Grant> newest = grants.unfinished(checked(held.connector())).stream()
                .filter(found -> found.supersedes(held))
                .reduce((one, other) -> one.supersedes(other) ? one : other);
        newest.ifPresent(this::save);
        grants.sweep(held.connector());
        return newest;
    }

    private String fingerprint(Secret refreshToken) {
        return keys.current().fingerprint(refreshToken);
    }

    /** A dot: no connector's name has one. */
    private Path room(String connector) {
        return home.intents().resolve(checked(connector) + ".room");
    }

    private JsonFile intentFile(String connector) {
        Path path = home.intents().resolve(checked(connector));
        return new JsonFile(files, path, "Remove it: Vigil then goes on with the login that it has");
    }

    /** A name becomes part of a path, so what is no name goes no further. */
    static String checked(String connector) {
        if (!Connector.isName(connector)) {
            throw new IllegalArgumentException("'" + connector + "' is not the name of a connector");
        }
        return connector;
    }
}
