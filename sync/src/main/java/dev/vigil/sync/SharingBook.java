// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.auth.Elsewhere;
import dev.vigil.auth.Grant;
import dev.vigil.auth.VaultException;
import dev.vigil.sync.SharingPage.Seen;
import dev.vigil.vault.Fields;
import dev.vigil.vault.SafeFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import tools.jackson.databind.node.ObjectNode;

/**
 * What this machine knows of its grants when the bucket does not answer, and what it has seen there: a {@link SharingPage}
 * in {@code shared/NAME} for each connector. That a login is shared is on the disk before it is written to the bucket. Any
 * thread; for one connector only who has the machine's own turn at it.
 */
public final class SharingBook implements Elsewhere {
    private static final int LIMIT = 16 * 1024;

    private final Path folder;
    private final SafeFiles files;
    /** Connectors whose page may say that they do not rotate, though they do: it could not be written. */
    private final Set<String> distrusted = ConcurrentHashMap.newKeySet();
    /** When it was last noticed that the bucket has lost what it had shown of a connector; monotonic. */
    private final Map<String, Duration> lost = new ConcurrentHashMap<>();

    public SharingBook(Path folder, SafeFiles files) {
        this.folder = folder;
        this.files = files;
    }

    /** May another machine hold this grant's refresh token, and would a refresh spend it? What cannot be read counts as yes. */
    boolean mustAgree(Grant grant) {
        try {
            SharingPage page = page(grant.connector());
            boolean rotates = page.rotates() || distrusted.contains(grant.connector());
            // A later login may be in the book and not on the disk yet: that says the more that this one was shared.
            return page.epoch() > grant.epoch() || (page.epoch() == grant.epoch() && rotates);
        } catch (VaultException | IllegalArgumentException e) {
            return true;
        }
    }

    /** Is it the login that stands in the bucket, or did? What cannot be read counts as yes. */
    public boolean isShared(Grant grant) {
        try {
            return page(grant.connector()).epoch() >= grant.epoch();
        } catch (VaultException | IllegalArgumentException e) {
            return true;
        }
    }

    /** A book alone does not know. */
    @Override
    public Optional<String> whyNotHere(String connector) {
        return Optional.empty();
    }

    /** The bucket shows less of it than it has shown before: noticed at this moment, monotonic. */
    void lost(String connector, Duration now) {
        lost.put(connector, now);
    }

    /** When that was noticed last, monotonic; empty if never by this process. */
    Optional<Duration> lostAt(String connector) {
        return Optional.ofNullable(lost.get(connector));
    }

    /** About to be written to the bucket, or taken from it. @throws VaultException when the disk refuses */
    void shared(Grant grant) {
        SharingPage page = pageOrBlank(grant.connector());
        SharingPage next = page.sharing(grant);
        if (!next.equals(page)) {
            write(grant.connector(), next);
        }
    }

    /** A refresh has turned the one into the other. Never throws: what cannot be written down is taken for the worse. */
    void refreshed(Grant before, Grant after) {
        String connector = before.connector();
        boolean rotates = !before.tokens().refreshToken().equals(after.tokens().refreshToken());
        if (rotates) {
            distrusted.add(connector);
        }
        try {
            SharingPage page = page(connector);
            if (page.epoch() == before.epoch() && page.rotates() != rotates) {
                write(connector, page.rotating(rotates));
            }
            distrusted.remove(connector);
        } catch (VaultException | IllegalArgumentException e) {
            // Still distrusted; and mustAgree() says yes for what cannot be read.
        }
    }

    /** This stood in the bucket. Never throws: what cannot be remembered is seen again. */
    void seen(SharedState state, Instant now) {
        try {
            SharingPage page = pageOrBlank(state.connector());
            if (page.seen()
                    .filter(one -> one.isNewerThan(state) || one.isOf(state))
                    .isEmpty()) {
                write(state.connector(), page.seeing(Seen.of(state, now)));
            }
        } catch (VaultException e) {
            // A bucket that is rolled back before then goes unnoticed once.
        }
    }

    /** The login of this epoch ends here, and the bucket does not know yet. @throws VaultException when the disk refuses */
    public void loggedOut(String connector, long epoch) {
        update(connector, page -> page.loggingOut(Optional.of(Math.max(epoch, page.epoch()))));
    }

    /** The bucket knows of the logout. */
    void buried(String connector) {
        update(connector, page -> page.loggingOut(Optional.empty()));
    }

    /** What the epoch of the next login must be above, as far as this machine knows. */
    @Override
    public long highestEpoch(String connector) {
        return pageOrBlank(connector).highestEpoch();
    }

    /** @throws IllegalArgumentException when it cannot be understood */
    SharingPage page(String connector) {
        return files.read(folder.resolve(connector), LIMIT)
                .map(Fields::parse)
                .map(SharingPage::read)
                .orElse(SharingPage.BLANK);
    }

    /** What cannot be understood is written anew: it only ever makes us careful. */
    SharingPage pageOrBlank(String connector) {
        try {
            return page(connector);
        } catch (IllegalArgumentException e) {
            return SharingPage.BLANK;
        }
    }

    private void update(String connector, UnaryOperator<SharingPage> change) {
        SharingPage page = pageOrBlank(connector);
        SharingPage next = change.apply(page);
        if (!next.equals(page)) {
            write(connector, next);
        }
    }

    private void write(String connector, SharingPage page) {
        files.replace(folder.resolve(connector), page.json(before(connector)));
    }

    private ObjectNode before(String connector) {
        try {
            return files.read(folder.resolve(connector), LIMIT)
                    .map(Fields::parse)
                    .map(Fields::node)
                    .orElseGet(Fields::empty);
        } catch (IllegalArgumentException e) {
            return Fields.empty();
        }
    }
}
