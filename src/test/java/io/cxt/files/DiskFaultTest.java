package io.cxt.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystemException;
import org.junit.jupiter.api.Test;

/** What is said of a fault, without what others put into its message. */
class DiskFaultTest {
    @Test
    void of_a_disk_the_words_of_the_system_are_said_and_nothing_before_them() {
        assertThat(DiskFault.inWords(new IOException("No space left on device")))
                .isEqualTo("No space left on device");
        assertThat(DiskFault.inWords(new FileSystemException("/a/Anna's chat", null, "Read-only file system")))
                .isEqualTo("Read-only file system");
        assertThat(DiskFault.inWords(new IOException("Anna said: no space"))).isNull();
        assertThat(DiskFault.inWords(new IllegalStateException("No space left on device")))
                .isNull();
    }
}
