// SPDX-License-Identifier: Apache-2.0
package dev.vigil.it;

import dev.vigil.sync.StrictS3;
import dev.vigil.sync.StrictS3.Op;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Map;

/**
 * A bucket of one daemon's own, at a strict server whose faults strike nobody else. That such servers are fit is found out
 * once, by {@code vigil sync init}. Any thread.
 */
final class ChaosBucket implements AutoCloseable {
    final StrictS3 server = StrictS3.start();

    /**
     * What {@code vigil sync init} found out about one strict server, which is true of each.
     *
     * @param url of that one
     * @param file as it stood in the home, see {@code VerdictFile}
     */
    record Proof(String url, String file) {
        /** @param home for the command, new */
        static Proof in(Path home) {
            try (ChaosBucket bucket = new ChaosBucket()) {
                Product product = new Product(home).in(bucket.surroundings()).config(bucket.config());
                product.runWell("sync", "init");
                return new Proof(bucket.server.url().toString(), Checkout.read(home.resolve("bucket.json")));
            }
        }
    }

    /** A section of the config. */
    String config() {
        return "sync: { " + Fleet.sync(Fleet.in(server)) + " }\n";
    }

    /** Environment variables that the config asks for. */
    Map<String, String> surroundings() {
        return Fleet.credentials();
    }

    /** @param home of the daemon, before its first start */
    void isProved(Proof proof, Path home) {
        try {
            Path file = home.resolve("bucket.json");
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(
                    file, proof.file().replace(proof.url(), server.url().toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of all kinds, so far. */
    long requests() {
        return Arrays.stream(Op.values())
                .mapToLong(op -> server.traffic(op).requests())
                .sum();
    }

    @Override
    public void close() {
        server.close();
    }
}
