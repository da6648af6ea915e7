// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import dev.vigil.sync.StoreException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Is a folder this machine's own? A kernel lock and a rename are as good as a conditional write on one machine only: on a
 * network file system locks may be missing or local, and a synced folder has no lock at all, and keeps both versions.
 */
final class LocalFolder {
    /** Types of file systems that other machines may write to. {@code fuseblk} is a local disk, {@code fuse.*} anything. */
    private static final Pattern SHARED_TYPE =
            Pattern.compile("nfs\\d?|cifs|smb\\w*|afs|9p|v9fs|afpfs|webdav|davfs\\d?|"
                    + "fuse|fuse\\..*|fusefs|macfuse|osxfuse|ceph|glusterfs|lustre|beegfs|gpfs|orangefs|pvfs2|ocfs2|gfs2?|coda|ncpfs|"
                    + "virtiofs|vboxsf|vmhgfs|prl_fs|drvfs");

    /** Files that sync programs leave in the top folder of what they sync. */
    private static final List<Marker> MARKERS = List.of(
            new Marker("Dropbox", Pattern.compile("\\.dropbox(\\.cache)?")),
            new Marker("Syncthing", Pattern.compile("\\.st(folder|ignore)")),
            new Marker("Google Drive", Pattern.compile("\\.tmp\\.drive(download|upload)|\\.shortcut-targets-by-id")),
            new Marker("Nextcloud", Pattern.compile("\\._?sync_[0-9a-f]+\\.db|\\.nextcloudsync\\.log")),
            new Marker("ownCloud", Pattern.compile("\\.owncloudsync\\.log")),
            new Marker("OneDrive", Pattern.compile("\\.849c9593-d756-4e56-8d6e-42412f2a707b")));

    /** Names that such a top folder has by default, in lower case. */
    private static final List<Marker> NAMES = List.of(
            new Marker("Dropbox", Pattern.compile("dropbox( \\(.*\\))?")),
            new Marker("OneDrive", Pattern.compile("onedrive( - .*)?")),
            new Marker("iCloud", Pattern.compile("mobile documents|com~apple~clouddocs|iclouddrive|icloud drive")),
            new Marker("a cloud program", Pattern.compile("cloudstorage")),
            new Marker("Google Drive", Pattern.compile("google ?drive|my drive")),
            new Marker("pCloud", Pattern.compile("pcloud ?drive")),
            new Marker("Nextcloud", Pattern.compile("nextcloud")));

    private LocalFolder() {}

    private record Marker(String program, Pattern name) {}

    /** @throws StoreException REFUSED, with the reason, unless the folder is local; it need not exist yet */
    static Path checked(Path folder) {
        try {
            Path existing = existing(folder.toAbsolutePath().normalize());
            Optional<String> reason = reasonAgainst(
                    existing.toRealPath(), Files.getFileStore(existing).type());
            if (reason.isPresent()) {
                throw refused(folder, reason.get());
            }
            return folder.toAbsolutePath().normalize();
        } catch (NotDirectoryException e) {
            throw refused(folder, "is no folder, since " + e.getMessage() + " is a file");
        } catch (IOException e) {
            throw new StoreException(Kind.REFUSED, false, folder + " cannot be examined: " + e.getMessage(), e);
        }
    }

    /** Why a folder may not be a store; empty when it may. */
    static Optional<String> reasonAgainst(Path real, String type) throws IOException {
        if (SHARED_TYPE.matcher(type.toLowerCase(Locale.ROOT)).matches()) {
            return Optional.of("lies on a network file system (" + type + ")");
        }
        for (Path each = real; each != null; each = each.getParent()) {
            Optional<String> program = syncedBy(each);
            if (program.isPresent()) {
                return Optional.of(
                        "lies in " + each + ", which " + program.get() + " keeps in sync with other machines");
            }
        }
        return Optional.empty();
    }

    private static Optional<String> syncedBy(Path folder) throws IOException {
        String name = String.valueOf(folder.getFileName()).toLowerCase(Locale.ROOT);
        Optional<String> byName = programOf(NAMES, name);
        if (byName.isPresent() || !Files.isReadable(folder)) {
            return byName;
        }
        try (Stream<Path> inside = Files.list(folder)) {
            return inside.filter(file -> !isSettings(file))
                    .map(file -> String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT))
                    .flatMap(file -> programOf(MARKERS, file).stream())
                    .findFirst();
        }
    }

    /** Dropbox keeps its settings in a folder of the home, and marks what it syncs with a file of the same name. */
    private static boolean isSettings(Path file) {
        return file.endsWith(".dropbox") && Files.isDirectory(file);
    }

    private static Optional<String> programOf(List<Marker> markers, String name) {
        return markers.stream()
                .filter(marker -> marker.name().matcher(name).matches())
                .map(Marker::program)
                .findFirst();
    }

    private static Path existing(Path folder) throws IOException {
        Path each = folder;
        while (!Files.exists(each, LinkOption.NOFOLLOW_LINKS)) {
            Path parent = each.getParent();
            if (parent == null) {
                throw new IOException("no such folder");
            }
            each = parent;
        }
        return each;
    }

    private static StoreException refused(Path folder, String reason) {
        return new StoreException(
                Kind.REFUSED,
                false,
                folder + " " + reason
                        + ". file: is for the processes of one machine. Use a folder on a local disk, or a "
                        + "bucket for several machines");
    }
}
