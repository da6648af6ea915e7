// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import dev.vigil.demo.DemoBrowser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;

/**
 * What a program starts when it wants to show a person a page: notes the address, shows nothing, and says that all is well.
 * It stands where programs look for a browser, in {@code BROWSER} and as {@code xdg-open} at the head of the path.
 */
final class FakeBrowser {
    private final Path folder;
    private final Path tabs;

    FakeBrowser(Path folder) {
        this.folder = folder;
        tabs = folder.resolve("tabs");
        try {
            Files.createDirectories(folder);
            Files.createFile(tabs);
            write("xdg-open");
            write("browser");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(String name) throws IOException {
        Path script = Files.writeString(folder.resolve(name), "#!/bin/sh\nprintf '%s\\n' \"$1\" >>'" + tabs + "'\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    }

    /** Variables for a program that shall find this browser and no other. */
    Map<String, String> surroundings() {
        return Map.of("BROWSER", folder.resolve("browser").toString(), "PATH", folder + ":" + System.getenv("PATH"));
    }

    /** Addresses it was asked to show, oldest first. */
    List<URI> tabs() {
        return Checkout.read(tabs).lines().map(URI::create).toList();
    }

    /** A person comes, looks at the newest tab and agrees to everything. */
    void agreeInNewestTab() {
        List<URI> open = tabs();
        if (open.isEmpty()) {
            throw new AssertionError("no tab is open");
        }
        new DemoBrowser().visit(open.get(open.size() - 1));
    }
}
