package io.cxt.pickup.sftp;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.mapping.Mappings;
import io.cxt.pickup.IgnoredFiles;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class RemoteFilesTest {

    @Test
    @Tag("fault-90")
    void what_is_not_there_any_more_is_forgotten_at_the_end_of_a_look() {
        RemoteFiles files = new RemoteFiles(
                Duration.ofSeconds(1),
                new IgnoredFiles("sftp", Mappings::shipped),
                new KeptFiles(null, null),
                name -> false,
                (name, bytes) -> true);
        for (int i = 0; i < 50; i++) {
            files.holdBack("chat-" + i + ".json", Duration.ZERO);
        }
        files.holdBack("later.json", Duration.ofHours(1));

        files.lookBegins();
        files.lookEnded();

        assertThat(files.remembered()).isEqualTo(1);
    }
}
