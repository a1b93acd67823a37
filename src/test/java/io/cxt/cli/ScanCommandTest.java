package io.cxt.cli;

import static io.cxt.fixture.Chats.chat;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.Command.Ended;
import io.cxt.fixture.Packed;
import io.cxt.fixture.RunningCxt;
import io.cxt.fixture.Verb;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the policy takes out is found where it should not be, and its value is never printed. */
class ScanCommandTest {
    private static final String CARD = "4111 1111 1111 1111";

    @TempDir
    Path data;

    private Ended asked(String policy, String... arguments) {
        return Verb.of(Map.of("DATA_DIR", data.toString(), "REDACTION_POLICY", policy), arguments);
    }

    @Test
    void scan_finds_what_was_kept_before_there_was_a_policy() throws Exception {
        String card = CARD.replace(" ", "");
        try (StandIn cxone = StandIn.start(StandInSettings.defaults().withClient("client-1", RunningCxt.SECRET));
                RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxt.drops("sent.json", chat("i-" + card, 2, "pay with " + CARD));
            cxt.drops("bad.json", chat("bad", 0, "").replace("agt-1", CARD));
        }
        Files.writeString(data.resolve("inbox/waits.json"), chat("waits", 2, CARD));
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(data.resolve("inbox/.done/export.zip")))) {
            zip.putNextEntry(new ZipEntry("first.json"));
            zip.write("{}".getBytes(UTF_8));
            zip.putNextEntry(new ZipEntry("second.json"));
            zip.write(("{}\n" + CARD).getBytes(UTF_8));
        }

        Ended found = asked("cards", "scan");

        assertThat(found.exit()).as(found.err()).isEqualTo(1);
        assertThat(found.out())
                .contains("inbox/.done/sent.json:1 byte 0: card 3")
                .contains("inbox/.done/export.zip!second.json:2 byte 3: card 1")
                .containsPattern("archive/.*ndjson.gz:1 byte 0: card")
                .containsPattern("dead-letters/MSG-NONE/.*:1 byte 0: card 1")
                .containsPattern("ledger.db(-wal)?:\\d+ byte \\d+: card")
                .doesNotContain("waits.json");
        assertThat(found.out() + found.err()).doesNotContain("1111 1111", card);
        assertThat(found.err()).contains("hits");
    }

    @Test
    void scan_of_a_folder_without_any_says_so_and_one_that_cannot_be_read_is_no_clean_one() throws Exception {
        Files.writeString(data.resolve("a.txt"), "order 1234");

        assertThat(asked("cards", "scan", data.toString()).exit()).isZero();
        assertThat(asked("cards", "scan", data.resolve("missing").toString()).exit())
                .isEqualTo(2);
        assertThat(asked("", "scan").err()).contains("redaction.policy is not set");
        Files.write(data.resolve("cut.gz"), new byte[] {0x1F, (byte) 0x8B, 8, 0});
        assertThat(asked("cards", "scan", data.toString()).exit()).isEqualTo(6);
        Files.write(data.resolve("more.gz"), Packed.gzip(("x " + CARD).getBytes(UTF_8)));
        Ended json = asked("cards", "scan", "-o", "json", data.toString());
        assertThat(json.exit()).isEqualTo(1);
        assertThat(json.out()).contains("\"rule\" : \"card\"", "\"line\" : 1", "\"count\" : 1");
    }

    @Test
    void scan_reads_utf_16_with_and_without_a_mark_and_what_is_packed_within_a_zip_file() throws Exception {
        String text = "first\nwrite to jane.doe@mail.example.com\n";
        Files.write(data.resolve("marked.csv"), ("\uFEFF" + text).getBytes(UTF_16LE));
        Files.write(data.resolve("unmarked.csv"), text.getBytes(UTF_16BE));
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(data.resolve("export.zip")))) {
            zip.putNextEntry(new ZipEntry("packed.csv.gz"));
            zip.write(Packed.gzip(("\uFEFF" + text).getBytes(UTF_16BE)));
        }

        Ended found = asked("personal", "scan", data.toString());

        assertThat(found.out().lines())
                .containsExactlyInAnyOrder(
                        data + "/marked.csv:2 byte 6: email 1",
                        data + "/unmarked.csv:2 byte 6: email 1",
                        data + "/export.zip!packed.csv.gz:2 byte 6: email 1");
    }

    @Test
    void validate_lists_what_would_be_taken_out_and_shows_what_is_left() throws Exception {
        Path file = data.resolve("chats.ndjson");
        Files.writeString(
                file, chat("one", 3, CARD + " cvv 123") + "\n" + chat("two", 1, "x") + "\n{\"a\":\"" + CARD + "\n");

        Ended listed = asked("cards", "validate", "--redact", file.toString());
        Ended shown = asked("cards", "validate", "--show", file.toString());

        assertThat(listed.out())
                .contains(
                        "chats.ndjson:1 redact /messages/0/text card 1",
                        "/messages/2/text cvv 1",
                        "chats.ndjson:3 redact / card 1")
                .doesNotContain("1111");
        assertThat(listed.err()).contains("would take out: {card=4, cvv=3}");
        assertThat(shown.out()).contains("[card] cvv [cvv]").doesNotContain("1111");
        assertThat(asked("", "validate", "--redact", file.toString()).exit()).isEqualTo(2);
    }
}
