// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.auth.TimeSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;

/** Against a server that takes nothing but what S3 takes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class S3StoreContractTest extends StoreContract {
    private final StrictS3 server = StrictS3.start();
    private final S3Store store = new S3Store(server.settings(), TimeSource.system());

    @AfterAll
    void close() {
        store.close();
        server.close();
    }

    @Override
    protected ObjectStore store() {
        return store;
    }
}
