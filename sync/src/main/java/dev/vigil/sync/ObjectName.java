// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import java.util.regex.Pattern;

/** The names that every store takes, be it a bucket or a folder. */
final class ObjectName {
    private static final Pattern PART = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*");

    private ObjectName() {}

    /** @throws IllegalArgumentException for a name that some store might not take, or take for another one */
    static String checked(String key) {
        if (key.length() > ObjectStore.LONGEST_KEY) {
            throw new IllegalArgumentException(
                    "an object's name has at most " + ObjectStore.LONGEST_KEY + " characters, not " + key.length());
        }
        for (String part : key.split("/", -1)) {
            if (!PART.matcher(part).matches()) {
                throw new IllegalArgumentException("'" + key + "' is not a name for an object");
            }
        }
        return key;
    }

    /** Like {@link #checked}, but may be empty or end anywhere. */
    static String checkedPrefix(String prefix) {
        if (!prefix.isEmpty()) {
            checked(prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix);
        }
        return prefix;
    }

    static byte[] checkedContent(byte[] content) {
        if (content.length > ObjectStore.LONGEST_OBJECT) {
            throw new IllegalArgumentException(
                    "an object has at most " + ObjectStore.LONGEST_OBJECT + " bytes, not " + content.length);
        }
        return content;
    }
}
