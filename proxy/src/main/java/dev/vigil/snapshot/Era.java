// SPDX-License-Identifier: Apache-2.0
package dev.vigil.snapshot;

import java.util.List;
import java.util.regex.Pattern;

/** The two families of MCP revisions: with a handshake and sessions, and without. */
public enum Era {
    LEGACY("2025-11-25"),
    MODERN("2026-07-28");

    /** Older revisions that a server of the legacy era may speak over streamable HTTP, newest first. */
    static final List<String> OLDER = List.of("2025-06-18", "2025-03-26");

    private static final Pattern REVISION = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");

    private final String newest;

    Era(String newest) {
        this.newest = newest;
    }

    /** The newest revision of the era that Vigil speaks itself. */
    public String newest() {
        return newest;
    }

    /** Revisions are dates, so their order is that of their text. */
    public static Era of(String revision) {
        return revision.compareTo(MODERN.newest) >= 0 ? MODERN : LEGACY;
    }

    static boolean isRevision(String text) {
        return REVISION.matcher(text).matches();
    }
}
