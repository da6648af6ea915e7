// SPDX-License-Identifier: Apache-2.0
package dev.vigil.app;

import dev.vigil.app.Failure.Code;
import dev.vigil.auth.Secret;
import dev.vigil.sync.SharedKeys;
import dev.vigil.sync.SharedKeys.Pulled;
import dev.vigil.sync.StoreException;
import dev.vigil.vault.KekChange;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/** {@code vigil keys export} and {@code import}: the key-encryption key on its way to another machine, sealed. */
record KeyHandover(Workplace workplace) {
    private static final int LONGEST = 64 * 1024;

    int export(String target) {
        refuseConfigured();
        Path file = file(target);
        if (Files.exists(file)) {
            throw exists(file);
        }
        byte[] sealed = sealed(chosen());
        write(file, sealed);
        Shell shell = workplace.shell();
        shell.say("The key-encryption key is in " + file + ", sealed by the passphrase.");
        shell.say("There: vigil keys import FILE. Then remove the file on both machines.");
        return 0;
    }

    int read(String source) {
        Shell shell = workplace.shell();
        Path file = file(source);
        byte[] sealed = content(file);
        KeysConfig before = workplace.config().keys();
        Secret passphrase = shell.secret("Passphrase of the file");
        try (KekChange change = workplace.vaults().importKey(sealed, passphrase, file)) {
            boolean isTaken = isSharedRingTaken(change);
            change.wrapTwice(!isTaken);
            change.putFile();
            workplace.editor().putKey(KeyTarget.NEW_FILE);
            change.finish(Optional.empty());
        }
        shell.say("This machine has the key-encryption key now, and everything that was sealed here opens with it.");
        if (!before.isSameKey(KeyTarget.NEW_FILE.config())) {
            shell.say(workplace.home().config() + " does not name another key any more: what stood there under keys: is"
                    + " removed. The key is in " + workplace.home() + "/keys/kek from now on.");
        }
        shell.say("Remove " + file + " here and where it came from.");
        workplace.tellDaemon();
        return 0;
    }

    /** A key that the config names is at home where the config is. */
    private void refuseConfigured() {
        KeysConfig keys = workplace.config().keys();
        Optional<String> setting = keys.keyEncryptionKey()
                .map(any -> "keys.keyEncryptionKey")
                .or(() -> keys.passphrase().map(any -> "keys.passphrase"));
        if (setting.isPresent()) {
            throw new Failure(
                    Code.USAGE,
                    "there is no file to hand over: the config takes the key from " + setting.get()
                            + ". Put the same there on the other machine");
        }
    }

    private byte[] sealed(Secret passphrase) {
        try {
            return workplace.vaults().exportKey(passphrase);
        } catch (IllegalArgumentException e) {
            throw new Failure(Code.USAGE, String.valueOf(e.getMessage()));
        }
    }

    /** Typed twice, since nobody sees it; the first line of standard input where nobody types. */
    private Secret chosen() {
        Shell shell = workplace.shell();
        Secret passphrase = shell.secret("Passphrase for the file, 12 characters or more");
        if (shell.terminal().isPresent() && !passphrase.equals(shell.secret("The same once more"))) {
            throw new Failure(Code.USAGE, "the two passphrases are not the same. Nothing was written");
        }
        return passphrase;
    }

    /** Before anything is changed here: is this the key of the bucket? */
    private boolean isSharedRingTaken(KekChange change) {
        Optional<SharedBucket> bucket = workplace.bucket();
        if (bucket.isEmpty()) {
            return false;
        }
        SharedKeys keys = bucket.get().keysSealedBy(change.sharedSeal());
        try {
            if (!keys.isThere()) {
                return false;
            }
            if (keys.pull() instanceof Pulled.Refused refused) {
                throw new Failure(Code.STORAGE, "nothing was changed. " + refused.why());
            }
        } catch (StoreException e) {
            workplace.shell().note("Note: the bucket was not asked (" + e.getMessage() + ")");
            return false;
        }
        if (!keys.isUnderNext()) {
            throw new Failure(
                    Code.STORAGE,
                    "nothing was changed: the bucket's key ring opens with the key that this machine has, not with the one"
                            + " in the file. Export it from here instead");
        }
        return true;
    }

    private static Path file(String text) {
        Path path = Path.of(text).toAbsolutePath().normalize();
        if (text.isBlank() || text.equals("-") || path.startsWith("/dev") || path.startsWith("/proc")) {
            throw new Failure(Code.USAGE, "'" + text + "' is no file: a key never goes to a terminal or a pipe");
        }
        return path;
    }

    private static byte[] content(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(LONGEST);
        } catch (IOException e) {
            throw new Failure(
                    Code.USAGE, file + " cannot be read (" + e.getClass().getSimpleName() + ")");
        }
    }

    private static void write(Path file, byte[] content) {
        try (FileChannel out = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            ByteBuffer left = ByteBuffer.wrap(content);
            while (left.hasRemaining()) {
                out.write(left);
            }
            out.force(true);
        } catch (FileAlreadyExistsException e) {
            throw exists(file);
        } catch (IOException e) {
            throw new Failure(
                    Code.STORAGE,
                    file + " cannot be written (" + e.getClass().getSimpleName()
                            + "). Name a file in a folder of yours");
        }
    }

    private static Failure exists(Path file) {
        return new Failure(Code.USAGE, file + " is there already, and an export overwrites nothing. Name another file");
    }
}
