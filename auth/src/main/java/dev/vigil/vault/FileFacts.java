// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import com.sun.security.auth.module.UnixSystem;
import dev.vigil.auth.VaultException;
import dev.vigil.auth.VaultException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What one look at a path tells (lstat: a link is seen, not followed), and whether that is safe.
 *
 * @param mode type and permission bits as in {@code stat(2)}
 * @param key device and inode
 */
record FileFacts(Path path, int mode, int uid, long size, FileTime modified, String key) {
    /** Bits that let others read or write: none may be set on what is secret. */
    static final int OTHERS = 077;
    /** Bits that let others write: none may be set on what we act upon, such as the config. */
    static final int OTHERS_WRITE = 022;

    private static final int TYPE = 0170000;
    private static final int REGULAR = 0100000;
    private static final int FOLDER = 0040000;
    private static final int LINK = 0120000;

    /** Empty when there is nothing. */
    static Optional<FileFacts> of(Path path) {
        try {
            Map<String, Object> seen = Files.readAttributes(
                    path, "unix:mode,uid,size,lastModifiedTime,fileKey", LinkOption.NOFOLLOW_LINKS);
            return Optional.of(new FileFacts(
                    path,
                    attribute(seen, "mode", Integer.class),
                    attribute(seen, "uid", Integer.class),
                    attribute(seen, "size", Long.class),
                    attribute(seen, "lastModifiedTime", FileTime.class),
                    String.valueOf(seen.get("fileKey"))));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new VaultException(Kind.IO, path, path + " cannot be examined: " + e.getMessage(), e);
        }
    }

    /** The numeric id of the user we run as; the JDK's own way to ask, which needs no entry in the password file. */
    static int ownUid() {
        return Math.toIntExact(new UnixSystem().getUid());
    }

    /** Changes whenever the file is replaced: each replacement is another inode or at least another instant. */
    String stamp() {
        return modified.to(TimeUnit.NANOSECONDS) + "-" + size + "-" + key;
    }

    Instant modifiedAt() {
        return modified.toInstant();
    }

    boolean isRegularFile() {
        return (mode & TYPE) == REGULAR;
    }

    /** @throws VaultException UNSAFE unless this is a regular file of ours without the {@code forbidden} bits */
    FileFacts checkedFile(int ownUid, int forbidden) {
        return checked(ownUid, forbidden, REGULAR, "a regular file", "600");
    }

    /** @throws VaultException UNSAFE unless this is a folder of ours without the {@code forbidden} bits */
    FileFacts checkedFolder(int ownUid, int forbidden) {
        return checked(ownUid, forbidden, FOLDER, "a folder", "700");
    }

    private FileFacts checked(int ownUid, int forbidden, int type, String wanted, String privateMode) {
        if ((mode & TYPE) == LINK) {
            throw unsafe("is a symbolic link, and Vigil follows none here. Put " + wanted + " in its place");
        }
        if ((mode & TYPE) != type) {
            throw unsafe("is not " + wanted + ". Move it away");
        }
        if (uid != ownUid) {
            throw unsafe("belongs to user " + uid + ", but Vigil runs as user " + ownUid
                    + ". Run Vigil as the owner, or change it: chown " + ownUid + " '" + path + "'");
        }
        if ((mode & forbidden) != 0) {
            String fix = forbidden == OTHERS ? privateMode : "go-w";
            throw unsafe("is open to other users (mode " + Integer.toOctalString(mode & 0777) + "). Run: chmod " + fix
                    + " '" + path + "'");
        }
        return this;
    }

    private static <T> T attribute(Map<String, Object> seen, String name, Class<T> type) {
        return type.cast(Objects.requireNonNull(seen.get(name), name));
    }

    private VaultException unsafe(String what) {
        return new VaultException(Kind.UNSAFE, path, path + " " + what);
    }
}
