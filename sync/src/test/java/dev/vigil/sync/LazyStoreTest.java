// SPDX-License-Identifier: Apache-2.0
package dev.vigil.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LazyStoreTest {
    @Test
    void folderThatIsNotThereYetIsAnOutageThatEnds(@TempDir Path home) throws IOException {
        Path folder = home.resolve("mounted/later");
        Files.writeString(home.resolve("mounted"), "not a folder");
        ObjectStore store =
                new LazyStore("file:" + folder, () -> FolderStore.at(folder.toUri(), Duration.ofSeconds(1)));
        assertThatThrownBy(() -> store.get("a")).isInstanceOf(StoreException.class);

        Files.delete(home.resolve("mounted"));
        Files.createDirectory(
                home.resolve("mounted"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        byte[] content = "x".getBytes(StandardCharsets.UTF_8);
        assertThat(store.putIfAbsent("a", content)).isInstanceOf(ObjectStore.Written.class);
        assertThat(store.get("a").orElseThrow().content()).isEqualTo(content);
    }

    @Test
    void secretThatCannotBeHadIsToldInOneSentence() {
        ObjectStore store = new LazyStore("s3://team", () -> {
            throw new IllegalStateException("sync.credentials.secretKey: the variable SECRET is empty or not set");
        });
        assertThatThrownBy(() -> store.list(""))
                .isInstanceOfSatisfying(
                        StoreException.class, told -> assertThat(told.kind()).isEqualTo(StoreException.Kind.FORBIDDEN))
                .hasMessage(
                        "s3://team cannot be opened: sync.credentials.secretKey: the variable SECRET is empty or not set");
        store.close();
    }
}
