// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.auth.Secret;
import dev.vigil.auth.TimeSource;
import dev.vigil.sync.FolderStore;
import dev.vigil.sync.ProbedStore;
import dev.vigil.sync.S3Settings;
import dev.vigil.sync.S3Store;
import java.time.Duration;

/** The bucket, or the folder in place of one, that a config names. */
final class StoreOfConfig {
    private static final Duration FOLDER_PATIENCE = Duration.ofSeconds(15);

    private StoreOfConfig() {}

    /** Asks nothing of the network. @throws dev.vigil.sync.StoreException where a folder may not be one, or a secret is missing */
    static ProbedStore open(SyncConfig config, SecretReader secrets, TimeSource time) {
        if ("file".equals(config.bucket().getScheme())) {
            return FolderStore.at(config.bucket(), FOLDER_PATIENCE);
        }
        S3Settings settings = S3Settings.at(config.bucket());
        if (config.endpoint().isPresent())
            settings = settings.withEndpoint(config.endpoint().get());
        if (config.region().isPresent())
            settings = settings.withRegion(config.region().get());
        if (config.pathStyle().isPresent())
            settings = settings.withPathStyle(config.pathStyle().get());
        if (config.credentials().isPresent())
            settings = settings.withKeys(keys(config.credentials().get(), secrets));
        return new S3Store(settings, time);
    }

    private static S3Settings.Keys keys(SyncConfig.Credentials given, SecretReader secrets) {
        Secret access = secrets.read(given.accessKey(), "sync.credentials.accessKey");
        Secret secret = secrets.read(given.secretKey(), "sync.credentials.secretKey");
        return new S3Settings.Keys(
                access, secret, given.sessionToken().map(ref -> secrets.read(ref, "sync.credentials.sessionToken")));
    }
}
