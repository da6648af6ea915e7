// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import dev.vigil.auth.VaultException;
import dev.vigil.auth.VaultException.Kind;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/** A JSON file in the clear, with a {@code version}, of which this Vigil knows 1. */
final class JsonFile {
    static final int VERSION = 1;
    private static final int LIMIT = 1 << 20;

    private final SafeFiles files;
    private final Path path;
    private final String remedy;

    /** @param remedy what helps when the file is damaged, as a sentence */
    JsonFile(SafeFiles files, Path path, String remedy) {
        this.files = files;
        this.path = path;
        this.remedy = remedy;
    }

    Path path() {
        return path;
    }

    Optional<byte[]> bytes() {
        return files.read(path, LIMIT);
    }

    /** Empty when there is no file. */
    <T> Optional<T> read(Function<Fields, T> form) {
        return bytes().map(content -> parse(content, form));
    }

    /** Reads content of this file; what {@code form} refuses with an IllegalArgumentException counts as damage. */
    <T> T parse(byte[] content, Function<Fields, T> form) {
        try {
            Fields fields = Fields.parse(content);
            checkVersion(fields.number("version"), path);
            return form.apply(fields);
        } catch (IllegalArgumentException e) {
            throw damaged(String.valueOf(e.getMessage()));
        }
    }

    void write(ObjectNode object) {
        files.replace(path, Fields.bytes(object));
    }

    VaultException damaged(String what) {
        return new VaultException(Kind.UNREADABLE, path, path + " is damaged: " + what + ". " + remedy);
    }

    static void checkVersion(long version, Path file) {
        if (version > VERSION) {
            throw tooNew(file, version);
        }
        if (version < 1) {
            throw new IllegalArgumentException("there is no format " + version);
        }
    }

    static VaultException tooNew(Path file, long version) {
        return new VaultException(
                Kind.TOO_NEW,
                file,
                file + " was written by a newer Vigil (format " + version + ", this one knows " + VERSION
                        + "). Use that Vigil or a later one; the file is left as it is");
    }
}
