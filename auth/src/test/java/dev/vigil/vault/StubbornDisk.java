// SPDX-License-Identifier: Apache-2.0
package dev.vigil.vault;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;

/** The machine's disk until a step that it refuses, as a full or broken one does; what it wrote of that step stays. */
final class StubbornDisk implements Disk {
    /** The steps of {@link Disk}. */
    enum Step {
        CREATE,
        CREATE_LOOSELY,
        MOVE,
        DELETE,
        SYNC_FOLDER
    }

    private final Disk real = Disk.local();
    private final String complaint;
    private final Set<Step> refused;

    StubbornDisk(String complaint, Step... refused) {
        this.complaint = complaint;
        this.refused = Set.of(refused);
    }

    @Override
    public void create(Path file, byte[] content) throws IOException {
        if (refused.contains(Step.CREATE)) {
            real.create(file, Arrays.copyOf(content, content.length / 2));
        }
        check(Step.CREATE);
        real.create(file, content);
    }

    @Override
    public void createLoosely(Path file, byte[] content) throws IOException {
        check(Step.CREATE_LOOSELY);
        create(file, content);
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        check(Step.MOVE);
        real.move(from, to);
    }

    @Override
    public void delete(Path file) throws IOException {
        check(Step.DELETE);
        real.delete(file);
    }

    @Override
    public void syncFolder(Path folder) throws IOException {
        check(Step.SYNC_FOLDER);
        real.syncFolder(folder);
    }

    private void check(Step step) throws IOException {
        if (refused.contains(step)) {
            throw new IOException(complaint);
        }
    }
}
