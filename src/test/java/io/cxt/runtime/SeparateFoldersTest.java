package io.cxt.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.cxt.archive.ArchiveSettings;
import io.cxt.db.LedgerSettings;
import io.cxt.intake.IntakeSettings;
import io.cxt.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SeparateFoldersTest {
    @TempDir
    Path scratch;

    private final Map<String, String> values = new HashMap<>();

    @CsvSource({
        "pickup.file.folder, d/inbox/.done, lies in a folder .done",
        "pickup.file.folder, x/.failed/y, lies in a folder .failed",
        "pickup.file.folder, d, is data.dir",
        "pickup.file.folder, d/dead-letters/ID-AGENT, lies in data.dir/dead-letters",
        "pickup.file.folder, d/archive, is pickup.file.folder",
        "pickup.file.folder, d/archive/2026-01-01, lies in archive.folder",
        "pickup.file.folder, d/checkpoints, is pickup.file.folder",
        "pickup.file.folder, d/x/../streams, is data.dir/streams",
        "pickup.file.folder, link/reports, is data.dir/reports",
        "archive.folder, d/inbox, is pickup.file.folder",
        "archive.folder, link/inbox, is pickup.file.folder",
        "archive.folder, d/inbox/.done, lies in .done of pickup.file.folder",
        "archive.folder, d, is or contains data.dir",
        "archive.folder, ., is or contains data.dir",
        "archive.folder, d/fetched/a, lies in data.dir/fetched",
        "audit.checkpoint-folder, d/inbox, is pickup.file.folder",
        "audit.checkpoint-folder, d/inbox/.failed/x, lies in .failed of pickup.file.folder",
        "audit.checkpoint-folder, d/waiting, is data.dir/waiting",
        "audit.checkpoint-key-file, d/fetched/key, lies in data.dir/fetched",
        "ledger.customer-key-file, d/streams/key, lies in data.dir/streams",
        "ledger.url, jdbc:sqlite:d/waiting/ledger.db, lies in data.dir/waiting",
        "backfill.folders, d/dead-letters, is data.dir/dead-letters",
        "backfill.folders, d/archive/2026-01-01, lies in archive.folder",
    })
    @ParameterizedTest
    void a_folder_whose_files_would_be_taken_for_others_is_refused(String name, String value, String words)
            throws IOException {
        set(name, value);

        assertThat(problems()).contains(": ", words, "Name another place").contains(scratch.toString());
    }

    @CsvSource({
        "pickup.file.folder, drop",
        "pickup.file.folder, .",
        "pickup.file.folder, d/archive2",
        "pickup.file.folder, d/other/in",
        "archive.folder, d/inbox/archive",
        "archive.folder, a",
        "audit.checkpoint-folder, d",
        "ledger.url, jdbc:sqlite:l/ledger.db",
        "backfill.folders, d/inbox/.done",
        "archive.folder, d/checkpoints/archive",
        "audit.checkpoint-copies, copies",
    })
    @ParameterizedTest
    void folders_that_do_no_harm_are_allowed(String name, String value) throws IOException {
        set(name, value);

        assertThat(problems()).isEmpty();
    }

    @Test
    void checkpoints_have_a_folder_without_chats() throws IOException {
        set("archive.folder", "d/checkpoints");

        assertThat(problems()).contains("audit.checkpoint-folder: ", "is archive.folder");
    }

    @Test
    void a_copy_of_checkpoints_onto_themselves_is_refused() throws IOException {
        set("audit.checkpoint-folder", "c");
        set("audit.checkpoint-copies", "c");

        assertThat(problems()).contains("audit.checkpoint-copies: ", "is audit.checkpoint-folder itself");
    }

    private void set(String name, String value) throws IOException {
        Files.createDirectories(scratch.resolve("d"));
        if (Files.notExists(scratch.resolve("link"))) {
            Files.createSymbolicLink(scratch.resolve("link"), scratch.resolve("d"));
        }
        values.put("data.dir", scratch.resolve("d").toString());
        String before = value.startsWith("jdbc:sqlite:") ? "jdbc:sqlite:" : "";
        values.put(name, before + scratch.resolve(value.substring(before.length())));
    }

    private String problems() {
        Settings settings = new Settings(values::get);
        LedgerSettings ledger = LedgerSettings.from(settings);
        SeparateFolders.check(
                settings,
                ledger,
                IntakeSettings.from(settings).inbox(),
                ArchiveSettings.from(settings, ledger.folder()).folder(),
                LedgerSettings.checkpointCopies(settings));
        Throwable thrown = catchThrowable(settings::check);
        return thrown == null ? "" : String.valueOf(thrown.getMessage());
    }
}
