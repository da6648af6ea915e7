// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.app.Failure.Code;
import dev.vigil.auth.Connector;
import dev.vigil.auth.GrantKind;
import dev.vigil.auth.RefreshSettings;
import dev.vigil.sync.SharedOffer;
import java.util.Optional;

/** {@code vigil add NAME --from-bucket}: a connector that another machine shares, with its login. */
record AddFromBucket(Workplace workplace) {

    /** @return the exit code */
    int add(String name, Optional<String> header) {
        Shell shell = workplace.shell();
        SharedBucket bucket = workplace
                .bucket()
                .orElseThrow(() ->
                        new Failure(Code.USAGE, "no bucket is configured. First: vigil sync init s3://NAME/PREFIX"));
        SharedOffer offer = bucket.sharing()
                .offer(name)
                .orElseThrow(() -> new Failure(
                        Code.USAGE, "nobody shares a login called " + name + ". What there is: vigil sync status"));
        workplace.editor().put(connector(name, offer, header));
        shell.sayForeign(name + ": added in " + workplace.home().config() + ", " + offer.server() + ", as "
                + offer.writer() + " shares it.");
        int synced = SyncText.exit(workplace.synced(bucket));
        boolean isHere = workplace.vault().load(name).isPresent();
        workplace.tellDaemon();
        shell.say(
                isHere
                        ? name + ": its login is here. Next: vigil connect claude-code " + name
                        : name + ": its login has not come over. See: vigil sync status");
        int missing = synced == 0 ? Code.SYNC.number() : synced;
        return isHere ? 0 : missing;
    }

    private static Connector connector(String name, SharedOffer offer, Optional<String> header) {
        if (offer.isKey() != header.isPresent()) {
            throw new Failure(
                    Code.USAGE,
                    offer.isKey()
                            ? name + " is a key, and the bucket does not know in which header. Add: --header HEADER"
                            : name + " is a login, which has no --header");
        }
        GrantKind kind = offer.isKey() ? GrantKind.HEADER : GrantKind.OAUTH;
        return new Connector(
                name, offer.server(), kind, header, offer.scopes(), Optional.empty(), RefreshSettings.DEFAULT);
    }
}
