package io.cxt.cli;

import static io.cxt.fixture.Chats.chat;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.audit.OperatorLog;
import io.cxt.db.Owner;
import io.cxt.fixture.CommandSite;
import io.cxt.fixture.FilesBelow;
import io.cxt.ledger.Erasures;
import io.cxt.ledger.OnEachDatabase;
import io.cxt.ledger.Store;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** The ledger knows a customer by a keyed hash: what is found and erased by the id, and what becomes of the key. */
@OnEachDatabase
class CustomersIT {
    private static final String ID = "  Müller-Ünal 7\u4e2d";

    @Parameter
    Store store;

    @TempDir
    Path data;

    private CommandSite site;
    private Path key;

    @BeforeEach
    void install() throws Exception {
        site = CommandSite.of(data, store.settings(data));
        key = data.resolve("customer.key");
        if (store == Store.POSTGRESQL) {
            site.environment().put("LEDGER_CUSTOMER_KEY_FILE", key.toString());
        }
    }

    @AfterEach
    void stopCxone() {
        site.close();
    }

    private static String of(String customer, String id) {
        return chat(id).replace("cust-1", customer) + "\n";
    }

    /** With a later message first. */
    private static String broken(String customer, String id) {
        return of(customer, id).replaceFirst("T00:00:00Z", "T09:00:00Z");
    }

    private void drop(String name, String... chats) throws IOException {
        Files.writeString(data.resolve("inbox").resolve(name), String.join("", chats));
    }

    private List<String> known(String where) throws Exception {
        return site.rows("SELECT interaction_id FROM delivery WHERE customer IS NOT NULL AND " + where + " ORDER BY 1");
    }

    @Test
    void each_chat_and_dead_letter_of_a_customer_is_found_and_the_id_stands_nowhere() throws Exception {
        drop(
                "chats.ndjson",
                of("cust-7", "a-1"),
                of("cust-8", "chat-2"),
                broken("cust-7", "a-3"),
                of("cust-7", "none").replace("\"interactionId\":\"none\",", ""),
                of(ID, "chat-5"),
                "{\"interactionId\":\n");
        site.cxt(1, "run", "--once");

        assertThat(site.cxt(0, "find", "--customer", "cust-7").out())
                .contains("a-1", "1/1", "sent", "archive ", "a-3", "0/1", "rejected", "TS-ORDER/a-3", "chats.ndjson#4")
                .contains("ID-INTERACTION/chats.ndjson-4")
                .doesNotContain("chat-2", "chat-5", "cust-7");
        JsonNode json = new ObjectMapper()
                .readTree(site.cxt(0, "find", "--customer", ID, "-o", "json").out());
        assertThat(json).hasSize(1);
        assertThat(json.get(0).get("interactionId").asText()).isEqualTo("chat-5");
        assertThat(json.get(0).get("deadLetters")).hasSize(1);
        assertThat(json.get(0).get("deliveries").get(0).get("state").asText()).isEqualTo("REJECTED");
        assertThat(site.cxt(2, "find", "--customer", "cust-77").err()).contains("knows nothing of this customer");
        site.cxt(2, "find", "--customer", " ");
        site.cxt(2, "find");
        site.cxt(2, "find", "a-1", "--customer", "cust-7");
        assertThat(site.cxt(0, "audit", "verify").out()).contains("intact");

        InputStream in = System.in;
        System.setIn(new ByteArrayInputStream((ID + "\n").getBytes(UTF_8)));
        try {
            assertThat(site.cxt(0, "find", "--customer", "-").out()).contains("chat-5");
        } finally {
            System.setIn(in);
        }
        for (String table : List.of("delivery", "letter", "audit_event", "intake")) {
            assertThat(String.join("\n", site.rows("SELECT * FROM " + table))).doesNotContain("cust-7", "Ünal");
        }
        if (store == Store.SQLITE) {
            assertThat(new String(Files.readAllBytes(data.resolve("ledger.db")), ISO_8859_1))
                    .doesNotContain("cust-7");
        }
    }

    @Test
    void a_customer_that_was_changed_by_hand_is_found() throws Exception {
        drop("chats.ndjson", of("cust-7", "a-1"), broken("cust-7", "a-2"));
        site.cxt(1, "run", "--once");

        for (String id : List.of("a-1", "a-2")) {
            String was = site.rows("SELECT customer FROM delivery WHERE interaction_id = '" + id + "'")
                    .get(0);
            for (String other : List.of("'0123'", "NULL")) {
                site.rows("UPDATE delivery SET customer = " + other + " WHERE interaction_id = '" + id + "'");
                assertThat(site.cxt(5, "audit", "verify").out()).contains(id, "customer");
            }
            site.rows("UPDATE delivery SET customer = '" + was + "' WHERE interaction_id = '" + id + "'");
        }
        assertThat(site.cxt(0, "audit", "verify").out()).contains("intact");
    }

    @Test
    @Tag("fault-127")
    void without_its_key_it_does_not_start_and_a_backup_has_it() throws Exception {
        drop("chats.ndjson", of("cust-7", "a-1"));
        site.cxt(0, "run", "--once");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                .isEqualTo("rw-------");
        byte[] whole = Files.readAllBytes(key);
        site.cxt(
                store == Store.SQLITE ? 0 : 6,
                "backup",
                data.resolve("backup.zip").toString());

        Files.delete(key);
        assertThat(site.cxt(3, "run", "--once").err()).contains("is not there", "Copy the file from a backup");
        assertThat(site.cxt(4, "find", "--customer", "cust-7").err()).contains("Copy the file from a backup");
        Files.createFile(key);
        assertThat(site.cxt(3, "run", "--once").err()).contains("customer.key is empty", "Copy the file from a backup");
        byte[] other = whole.clone();
        other[0]++;
        Files.write(key, other);
        assertThat(site.cxt(3, "run", "--once").err()).contains("others can read", "chmod 600");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        assertThat(site.cxt(3, "run", "--once").err()).contains("the ledger knows customers by the key");
        assertThat(site.cxt(3, "erase", "--customer", "cust-7").err()).contains("Copy the file from a backup");
        Files.write(key, new byte[31]);
        assertThat(site.cxt(3, "run", "--once").err()).contains("31 bytes; a key has 32");

        try (ZipFile zip = new ZipFile(data.resolve("backup.zip").toFile())) {
            Files.write(key, zip.getInputStream(zip.getEntry("customer.key")).readAllBytes());
        }
        Path signing = data.resolve("checkpoint.key");
        Files.setPosixFilePermissions(signing, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(site.cxt(3, "run", "--once").err())
                .contains("audit.checkpoint-key-file: others can read", "chmod 600");
        Files.setPosixFilePermissions(signing, PosixFilePermissions.fromString("rw-------"));
        site.cxt(0, "run", "--once");
        site.cxt(0, "find", "--customer", "cust-7");
        if (store == Store.POSTGRESQL) {
            site.environment().remove("LEDGER_CUSTOMER_KEY_FILE");
            assertThat(site.cxt(3, "run", "--once").err()).contains("ledger.customer-key-file is not set");
        }
    }

    @Test
    @Tag("fault-127")
    void all_chats_of_a_customer_are_erased_and_what_was_begun_goes_on() throws Exception {
        drop("a.ndjson", of("cust-7", "a-1"), of("cust-8", "b-1"), broken("cust-7", "a-2"), of("cust-7", "a-3"));
        drop(
                "b.ndjson",
                of("cust-7", "none").replace("\"interactionId\":\"none\",", ""),
                of("cust-8", "none").replace("\"interactionId\":\"none\",", ""));
        site.cxt(1, "run", "--once");
        Files.delete(data.resolve("inbox/.done/a.ndjson"));
        Files.delete(data.resolve("inbox/.done/b.ndjson"));
        assertThat(site.cxt(0, "erase", "--customer", "cust-7", "--dry-run").out())
                .contains("4 would be erased, 0 erased before", "Nothing was removed");
        site.rows("UPDATE delivery SET state = 'SENDING' WHERE interaction_id = 'a-3'");
        try (OperatorLog log = new OperatorLog(site.ledger())) { // killed behind it
            Erasures.erase(log, "a-1", Set.of("conversations"), Owner.instanceId(data), List.of(), "killed then");
        }

        assertThat(site.cxt(6, "erase", "--customer", "cust-7", "--reason", "4711")
                        .out())
                .contains("left: a-3: It is on its way", "3 erased, 0 erased before, 1 with something left");
        site.rows("UPDATE delivery SET state = 'SENT' WHERE interaction_id = 'a-3'");
        assertThat(site.cxt(0, "erase", "--customer", "cust-7").out())
                .contains("1 erased, 3 erased before, 0 with something left", "is accepted");

        String certificates = "";
        for (String name : FilesBelow.of(data.resolve("erased"))) {
            certificates += Files.readString(data.resolve("erased").resolve(name));
        }
        assertThat(FilesBelow.of(data.resolve("erased"))).hasSize(4);
        assertThat(certificates).contains("\"customer\"", "\"key\"").doesNotContain("cust-7", "\"key\" : \"null\"");
        assertThat(FilesBelow.of(data.resolve("dead-letters")))
                .containsExactlyInAnyOrder("ID-INTERACTION/b.ndjson-2.json", "ID-INTERACTION/b.ndjson-2.reason.json");
        assertThat(known("archived_at IS NOT NULL")).containsExactly("b-1");
        assertThat(site.cxt(0, "audit", "verify").out()).contains("intact");
        assertThat(site.cxt(0, "find", "--customer", "cust-7").out())
                .contains("erased")
                .doesNotContain("archive ");
        site.cxt(0, "archive", "restore", "b-1", "--to", data.resolve("out").toString());

        drop("c.ndjson", of("cust-7", "a-1"), of("cust-7", "a-9"));
        assertThat(site.cxt(1, "run", "--once").out()).contains("1 sent", "1 rejected");
        JsonNode json = new ObjectMapper()
                .readTree(site.cxt(0, "erase", "--customer", "cust-7", "--originals", "delete", "-o", "json")
                        .out());
        assertThat(json.get(json.size() - 1).get("sum").get("erased").asInt()).isEqualTo(2);
        assertThat(FilesBelow.of(data.resolve("inbox"))).noneMatch(name -> name.contains("c.ndjson"));
        assertThat(site.cxt(0, "audit", "verify").out()).contains("intact");
    }

    /** Each with one fault that ends the reading of it, and an id and a customer that can be read. */
    @Test
    @Tag("fault-127")
    void what_is_refused_as_it_is_read_is_found_and_erased_like_all_else() throws Exception {
        List<UnaryOperator<String>> faults = List.of(
                chat -> chat.replaceFirst("\\{", "{\"tenant\":1,"),
                chat -> chat.replaceFirst("\\{", "{\"agentId\":7,"),
                chat -> chat.replaceFirst("\"text\":\"", "$0\\\\ud800"),
                chat -> chat.replaceFirst("\"text\":\"", "$0\\\\u0000"),
                chat -> chat.replaceFirst("\\{", "{\"messages\":7,"),
                chat -> chat.replaceFirst("\\[", "[\"x\","),
                chat -> chat.strip() + " x\n");
        List<String> chats = new ArrayList<>(List.of(of("cust-7", "good")));
        for (int i = 0; i < faults.size(); i++) {
            chats.add(faults.get(i).apply(of("cust-7", "r-" + i)));
        }
        String other = of("cust-8", "other");
        chats.add(of("cust-7", "two").strip() + other); // a line break is missing: it is not of one alone
        chats.add(of("cust-7", "good").replaceFirst("\\{", "{\"tenant\":1,")); // is a hint, and no key
        chats.add(of("cust-7", "a").replaceFirst("\\{", "{\"interactionId\":\"b\","));
        drop("r.ndjson", chats.toArray(String[]::new));
        assertThat(site.cxt(1, "run", "--once").out()).contains("1 sent", "10 rejected");

        assertThat(site.cxt(0, "find", "r-0").out()).contains("JSON-UNKNOWN-FIELD");
        assertThat(site.cxt(0, "find", "r.ndjson#9").out()).contains("JSON-TRAILING");
        assertThat(site.cxt(0, "find", "r.ndjson#11").out()).contains("JSON-DUPLICATE-KEY");
        assertThat(site.cxt(0, "audit", "verify").out()).contains("intact");
        assertThat(site.cxt(0, "find", "--customer", "cust-7").out()).contains("r-0", "r-6", "r.ndjson#11");
        assertThat(site.cxt(0, "erase", "--interaction", "r-1", "--originals", "delete")
                        .out())
                .contains("dead-letters  1");
        assertThat(site.cxt(0, "erase", "--customer", "cust-7", "--originals", "delete")
                        .out())
                .contains("8 erased, 1 erased before, 0 with something left");

        assertThat(FilesBelow.of(data.resolve("dead-letters")))
                .containsExactlyInAnyOrder("JSON-TRAILING/r.ndjson-9.json", "JSON-TRAILING/r.ndjson-9.reason.json");
        assertThat(site.cxt(0, "audit", "verify").out()).contains("intact");
        drop("again.ndjson", chats.get(1));
        assertThat(site.cxt(1, "run", "--once").out()).contains("1 rejected");
        assertThat(FilesBelow.of(data.resolve("dead-letters"))).noneMatch(name -> name.endsWith("r-0.json"));
        drop("corrected.ndjson", of("cust-8", "two"), other);
        assertThat(site.cxt(0, "run", "--once").out()).contains("2 sent");
    }

    @Test
    void a_letter_that_was_corrected_is_of_the_customer_that_it_has_now() throws Exception {
        drop("a.ndjson", broken(" cust-7", "a-1"));
        site.cxt(1, "run", "--once");
        String name = FilesBelow.of(data.resolve("dead-letters")).stream()
                .filter(each -> each.endsWith("a-1.json"))
                .findFirst()
                .orElseThrow();
        Files.writeString(data.resolve("dead-letters").resolve(name), of("cust-7", "a-1"));

        site.cxt(0, "dead-letters", "replay", name.replace(".json", ""));
        assertThat(site.cxt(0, "run", "--once").out()).contains("1 sent");

        assertThat(site.cxt(0, "find", "--customer", "cust-7").out()).contains("a-1", "sent");
        assertThat(site.cxt(0, "audit", "verify").out()).contains("intact");
    }

    @Test
    void a_letter_in_which_a_policy_took_the_id_out_stays_that_of_its_customer() throws Exception {
        Path policies = Files.createDirectories(data.resolve("policies"));
        Files.writeString(policies.resolve("ids.properties"), "version = 1\nemail.action = hash\nemail.ids = true\n");
        Path hashing = Files.writeString(policies.resolve("key"), "0123456789abcdef0123456789abcdef");
        Files.setPosixFilePermissions(hashing, PosixFilePermissions.fromString("rw-------"));
        site.environment().put("REDACTION_FOLDER", policies.toString());
        site.environment().put("REDACTION_KEY_FILE", hashing.toString());
        site.environment().put("REDACTION_POLICY", "ids");
        String chat = broken("jane@example.com", "a-1");
        drop("a.ndjson", chat, of("jane@example.com", "a-2"));
        site.cxt(1, "run", "--once");
        assertThat(site.cxt(0, "find", "--customer", "jane@example.com").out()).contains("TS-ORDER/a-1", "a-2");
        Path letter = data.resolve("dead-letters/TS-ORDER/a-1.json");
        String kept = Files.readString(letter);
        assertThat(kept).doesNotContain("jane");
        Files.writeString(letter, kept.replace("T09:00:00Z", "T00:00:00Z"));

        site.cxt(0, "dead-letters", "replay", "TS-ORDER/a-1");
        assertThat(site.cxt(0, "run", "--once").out()).contains("1 sent");

        assertThat(known("state = 'SENT'")).containsExactly("a-1", "a-2");
        assertThat(site.cxt(0, "find", "--customer", "jane@example.com").out()).contains("a-1", "a-2");
        assertThat(site.cxt(0, "audit", "verify").out()).contains("intact");
    }
}
