package io.cxt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.CommandSite;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The {@code data.dir} of an earlier version, as that wrote it: five chats sent, one rejected, one line that is no JSON. The
 * first start brings it up to date.
 */
class UpgradeIT {
    private static final String SENT = "old-0 old-1 old-2 old-3 old-4";

    @TempDir
    Path data;

    private void unpack(int schema) throws IOException {
        try (InputStream file = UpgradeIT.class.getResourceAsStream("/upgrade/schema-" + schema + ".zip");
                ZipInputStream zip = new ZipInputStream(file)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path to = data.resolve(entry.getName());
                Files.createDirectories(entry.isDirectory() ? to : to.getParent());
                if (!entry.isDirectory()) {
                    Files.copy(zip, to);
                    to.toFile().setReadable(false, false);
                    to.toFile().setReadable(true, true);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {7, 9, 10, 11, 13})
    void what_an_earlier_version_sent_is_known_and_what_it_kept_is_found(int schema) throws Exception {
        unpack(schema);
        try (CommandSite site = CommandSite.of(data)) {
            Path chats = data.resolve("inbox/.done/chats.ndjson");
            String before = Files.readString(chats);
            Files.move(chats, data.resolve("inbox/again.ndjson"));

            assertThat(site.cxt(1, "run", "--once").out()).contains("7 read, 0 sent, 5 duplicate, 2 rejected");

            assertThat(site.cxone().counts().posts()).isZero();
            assertThat(site.cxt(0, "audit", "verify").out()).contains("intact");
            assertThat(site.cxt(0, "find", "old-3").out()).contains("It is in CXone as conversation conv-");
            assertThat(site.cxt(0, "dead-letters", "list").out()).contains("MSG-NONE/bad-1", "JSON-SYNTAX/");
            site.cxt(
                    0,
                    "archive",
                    "restore",
                    "old-0",
                    "old-1",
                    "old-2",
                    "old-3",
                    "old-4",
                    "--to",
                    data.resolve("out").toString());
            for (String id : SENT.split(" ")) {
                assertThat(data.resolve("out/" + id + ".json")).content().contains("\"interactionId\":\"" + id + "\"");
                assertThat(before).contains(id);
            }

            Files.writeString(
                    data.resolve("dead-letters/MSG-NONE/bad-1.json"),
                    before.lines().findFirst().orElseThrow().replace("old-0", "bad-1"));
            site.cxt(0, "dead-letters", "replay", "MSG-NONE/bad-1");
            assertThat(site.cxt(0, "run", "--once").out()).contains("1 sent");
        }
    }
}
