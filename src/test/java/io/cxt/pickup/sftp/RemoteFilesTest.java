package io.cxt.pickup.sftp;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.mapping.Mappings;
import io.cxt.pickup.IgnoredFiles;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.remote.SftpRemoteFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class RemoteFilesTest {

    private final KeptFiles kept = new KeptFiles(null, null);
    private final RemoteFiles files = new RemoteFiles(
            Duration.ofSeconds(1),
            new IgnoredFiles("sftp", Mappings::shipped),
            kept,
            name -> false,
            (name, bytes) -> true);

    /** The list of the folder that it was taken from may be older than what became of it. */
    @Test
    void a_file_that_is_to_stay_is_not_read_again_though_it_was_listed_before() {
        FetchedFile fetched = fetched(RemoteFiles.look(5, 7));
        assertThat(fetched.there()).isTrue();

        files.unmoved().addForGood("wrong.ndjson", RemoteFiles.look(5, 7));

        assertThat(fetched(RemoteFiles.look(6, 7)).there()).isTrue(); // another file
        assertThat(fetched.there()).isFalse(); // which changes nothing for this one
    }

    /** Camel asks the filter, and only then whether the file is in progress, which it may have ceased to be meanwhile. */
    @Test
    void a_file_that_was_finished_after_the_filter_saw_it_is_not_fetched_again() throws Exception {
        SftpMoves moves = new SftpMoves(files, null, SftpSettings.After.KEEP);
        GenericFile<SftpRemoteFile<?>> listed = new GenericFile<>();
        listed.setFileNameOnly("chats.ndjson");
        listed.setFileLength(5);
        listed.setLastModified(7);
        assertThat(moves.begin(null, null, null, listed)).isTrue();

        kept.add("chats.ndjson", RemoteFiles.look(5, 7));
        assertThat(moves.begin(null, null, null, listed)).isFalse();

        listed.setLastModified(8); // another file
        assertThat(moves.begin(null, null, null, listed)).isTrue();
        files.unmoved().addForGood("chats.ndjson", RemoteFiles.look(5, 8));
        assertThat(moves.begin(null, null, null, listed)).isFalse();
    }

    private FetchedFile fetched(Object look) {
        return new FetchedFile(Path.of("wrong.ndjson"), 5, 0, look, Mappings.shipped(), files, null, kept, true);
    }

    @Test
    @Tag("fault-90")
    void what_is_not_there_any_more_is_forgotten_at_the_end_of_a_look() {
        for (int i = 0; i < 50; i++) {
            files.holdBack("chat-" + i + ".json", Duration.ZERO);
        }
        files.holdBack("later.json", Duration.ofHours(1));

        files.lookBegins();
        files.lookEnded();

        assertThat(files.remembered()).isEqualTo(1);
    }
}
