// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The machine's disk for a process that is killed: after so many steps nothing that the process does reaches the disk any
 * more, not even its tidying up. The step at which it dies is half done where a step can be.
 */
final class StoppingDisk implements Disk {
    private final Disk real = Disk.local();
    private int stepsLeft;

    StoppingDisk(int stepsLeft) {
        this.stepsLeft = stepsLeft;
    }

    /** The end of the process; not an exception, which somebody might handle. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    @Override
    public void create(Path file, byte[] content) throws IOException {
        if (stepsLeft == 0) {
            real.create(file, Arrays.copyOf(content, content.length / 2));
        }
        step();
        real.create(file, content);
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        step();
        real.move(from, to);
    }

    @Override
    public void delete(Path file) throws IOException {
        step();
        real.delete(file);
    }

    @Override
    public void syncFolder(Path folder) throws IOException {
        step();
        real.syncFolder(folder);
    }

    private void step() {
        stepsLeft--;
        if (stepsLeft < 0) {
            throw new Killed();
        }
    }
}
