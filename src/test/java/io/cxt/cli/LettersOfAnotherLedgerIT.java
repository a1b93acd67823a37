package io.cxt.cli;

import static io.cxt.fixture.Chats.chat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.fixture.CommandSite;
import io.cxt.fixture.RunningCxt;
import io.cxt.simulator.Fault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Dead letters in doubt that are copied beside a ledger that does not know them, as after a restore. */
class LettersOfAnotherLedgerIT {
    private static final String MARKED = "CLAIMED 1 EARLIER-CALL messages=2 may-repeat";

    @TempDir
    Path scratch;

    private CommandSite lost;
    private CommandSite site;

    @BeforeEach
    void start() throws Exception {
        lost = CommandSite.of(Files.createDirectory(scratch.resolve("lost")));
        site = CommandSite.of(Files.createDirectory(scratch.resolve("data")));
    }

    @AfterEach
    void stop() {
        lost.close();
        site.close();
    }

    /** A chat whose call got no usable answer, and its letter beside the other ledger. */
    private void letter(String chat) throws Exception {
        Files.writeString(scratch.resolve("lost/inbox/one.json"), chat);
        lost.cxone().next(Fault.page(200));
        lost.cxt(1, "run", "--once");
        site.cxt(0, "run", "--once");
        Path folder = Files.createDirectories(scratch.resolve("data/dead-letters/CXONE-PAGE"));
        for (String name : List.of("one.json", "one.reason.json")) {
            Files.copy(scratch.resolve("lost/dead-letters/CXONE-PAGE/" + name), folder.resolve(name));
        }
    }

    private List<String> claims() throws Exception {
        List<String> events = new ArrayList<>();
        for (JsonNode event : new ObjectMapper()
                .readTree(site.cxt(0, "audit", "query", "--interaction", "one", "-o", "json")
                        .out())) {
            String words = String.join(
                    " ",
                    event.path("event").asText(),
                    event.path("attempt").asText(),
                    event.path("reason").asText("-"),
                    event.path("detail").asText("-"));
            if (words.startsWith("CLAIMED") || words.startsWith("IN_DOUBT")) {
                events.add(words.replaceAll(RunningCxt.FACTS, ""));
            }
        }
        return events;
    }

    private void sentMarked() throws Exception {
        assertThat(claims()).containsExactly(MARKED);
        assertThat(site.cxt(0, "find", "one").out())
                .contains("It is in CXone as conversation", "and may be there more than once", "marked may-repeat");
        site.cxt(0, "audit", "verify");
    }

    @ParameterizedTest
    @CsvSource({"resend, CXONE-PAGE/one", "park, CXONE-PAGE/one", "resend, --all", "park, --all"})
    void a_replay_sends_it_marked(String inDoubt, String which) throws Exception {
        letter(chat("one"));
        site.environment().put("CXONE_IN_DOUBT", inDoubt);

        site.cxt(0, "dead-letters", "replay", which);
        site.cxt(0, "run", "--once");

        sentMarked();
    }

    @ParameterizedTest
    @CsvSource({"resend", "park"})
    void a_job_says_that_it_may_be_there_and_sends_it_marked(String inDoubt) throws Exception {
        letter(chat("one"));
        site.environment().put("CXONE_IN_DOUBT", inDoubt);
        site.cxt(0, "run", "--once"); // its letters are compared with the ledger

        assertThat(site.cxt(0, "jobs", "start", "redrive", "--reason", "CXONE-PAGE", "--dry-run")
                        .out())
                .containsPattern("1 +may be in CXone, goes out marked may-repeat");
        site.cxt(0, "jobs", "start", "redrive", "--reason", "CXONE-PAGE");
        site.cxt(0, "run", "--once");

        sentMarked();
    }

    @Test
    void each_part_of_a_chat_that_was_split_is_marked_and_with_a_job_too() throws Exception {
        lost.environment().put("TRANSCRIPT_MAX_MESSAGES", "1");
        site.environment().put("TRANSCRIPT_MAX_MESSAGES", "1");
        letter(chat("one"));

        site.cxt(0, "dead-letters", "replay", "CXONE-PAGE/one");
        site.cxt(0, "run", "--once");

        assertThat(claims())
                .containsExactly(
                        "CLAIMED 1 EARLIER-CALL messages=1 parts=2 may-repeat",
                        "CLAIMED 1 EARLIER-CALL messages=1 parts=2 may-repeat");
    }

    /** The ledger knows which part is in doubt: those behind it were never sent. */
    @Test
    void of_a_split_chat_that_the_ledger_knows_only_what_is_in_doubt_is_marked() throws Exception {
        site.environment().put("TRANSCRIPT_MAX_MESSAGES", "1");
        Files.writeString(scratch.resolve("data/inbox/one.json"), chat("one"));
        site.cxone().next(Fault.page(200));
        site.cxt(1, "run", "--once");

        site.cxt(0, "dead-letters", "replay", "--all");
        site.cxt(0, "run", "--once");

        assertThat(claims())
                .contains("CLAIMED 2 EARLIER-CALL messages=1 parts=2 may-repeat", "CLAIMED 1 - messages=1 parts=2");
    }

    @ParameterizedTest
    @CsvSource({"resend, 0", "park, 1"})
    void one_that_a_person_moves_into_the_inbox_is_marked_or_parked(String inDoubt, int exit) throws Exception {
        letter(chat("one"));
        site.environment().put("CXONE_IN_DOUBT", inDoubt);
        Files.move(
                scratch.resolve("data/dead-letters/CXONE-PAGE/one.json"), scratch.resolve("data/inbox/by-hand.json"));

        site.cxt(exit, "run", "--once");

        if (exit == 0) {
            sentMarked();
        } else {
            assertThat(claims()).containsExactly("IN_DOUBT 0 EARLIER-CALL may-repeat parked");
            assertThat(site.cxone().counts().posts()).isZero();
        }
        site.cxt(0, "audit", "verify");
    }

    /** An outcome that the reason does not tell any more counts as one that may be there. */
    @ParameterizedTest
    @CsvSource({"CXONE-PAGE, perhaps", "NET-TIMEOUT, failed"})
    void where_the_reason_was_edited_it_counts_as_one_that_may_be_there(String folder, String outcome)
            throws Exception {
        letter(chat("one"));
        Path letters = scratch.resolve("data/dead-letters");
        if (!folder.equals("CXONE-PAGE")) {
            Files.move(letters.resolve("CXONE-PAGE"), letters.resolve(folder));
        }
        Path reason = letters.resolve(folder + "/one.reason.json");
        Files.writeString(reason, Files.readString(reason).replace("in-doubt", outcome));

        site.cxt(0, "dead-letters", "replay", folder + "/one");
        site.cxt(0, "run", "--once");

        sentMarked();
    }

    @Test
    void one_that_failed_is_not_marked() throws Exception {
        Files.writeString(scratch.resolve("lost/inbox/one.json"), chat("one"));
        lost.environment().put("CXONE_RETRY_MAX_RETRIES", "0");
        lost.cxone().next(Fault.status(500));
        lost.cxt(1, "run", "--once");
        site.cxt(0, "run", "--once");
        Files.createDirectories(scratch.resolve("data/dead-letters"));
        Files.move(scratch.resolve("lost/dead-letters/CXONE-500"), scratch.resolve("data/dead-letters/CXONE-500"));

        site.cxt(0, "dead-letters", "replay", "--all");
        site.cxt(0, "run", "--once");

        assertThat(claims()).containsExactly("CLAIMED 1 - messages=2");
    }
}
