// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this machine is called. */
final class MachineName {
    private MachineName() {}

    /** Something that differs between machines and stays the same on one; not shown to anybody. */
    static String find() {
        try {
            return Files.readString(Path.of("/etc/machine-id")).strip();
        } catch (IOException notLinux) {
            return host();
        }
    }

    /** Such as Linux or Mac OS X. */
    static String system() {
        return ManagementFactory.getOperatingSystemMXBean().getName();
    }

    /** For people, and for machines that share logins. */
    static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
