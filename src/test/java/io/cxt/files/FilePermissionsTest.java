package io.cxt.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class FilePermissionsTest {
    @Test
    @Tag("fault-70")
    void what_is_advised_lets_cxt_read_a_file_and_nobody_else() {
        assertThat(FilePermissions.toRead("'/in/a.json'", "cxt", "etl", true, "r"))
                .isEqualTo("Run, as root: chown cxt '/in/a.json'; or, as etl: setfacl -m u:cxt:r '/in/a.json'");
        assertThat(FilePermissions.toRead("'/in/a.json'", "cxt", "root", false, "r"))
                .isEqualTo("Run, as root: chown cxt '/in/a.json' && chmod u+r '/in/a.json'; or: setfacl -m u:cxt:r"
                        + " '/in/a.json'");
        assertThat(FilePermissions.toRead("'/in/a.json'", "cxt", "cxt", false, "r"))
                .isEqualTo("Run, as cxt: chmod u+r '/in/a.json'");
    }

    @Test
    @Tag("fault-70")
    void what_is_advised_lets_cxt_write_in_a_folder() {
        assertThat(FolderUnavailableException.next("'/out'", "cxt", "cxt", false))
                .isEqualTo("run, as cxt: chmod u+wx '/out'");
        assertThat(FolderUnavailableException.next("'/out'", "cxt", "cxt", true))
                .contains("findmnt -T '/out'");
        assertThat(FolderUnavailableException.next("'/out'", "cxt", "etl", false))
                .isEqualTo(
                        "run cxt as etl, whose it is (sudo -u etl); or, where it is meant for cxt, run, as root: chown cxt"
                                + " '/out'");
        assertThat(FolderUnavailableException.next("'/out'", "cxt", null, true))
                .isEqualTo("run, as root: chown cxt '/out'");
    }

    @Test
    void a_path_is_one_word_for_a_shell() {
        assertThat(FilePermissions.quoted(Path.of("/in/it's.json"))).isEqualTo("'/in/it'\\''s.json'");
    }
}
