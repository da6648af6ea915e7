// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A test in a home of its own, whose folders are there. */
abstract class InAHome {
    @TempDir
    Path folder;

    Home home;

    @BeforeEach
    void prepare() {
        home = Home.below(folder.resolve("home"));
        home.prepare();
    }
}
