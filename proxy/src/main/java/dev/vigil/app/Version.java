// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

/** Which Vigil this is. */
final class Version {
    private Version() {}

    /** From the jar's manifest; "development" where the classes run without a jar. */
    static String vigil() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    static String java() {
        return Runtime.version().toString();
    }
}
