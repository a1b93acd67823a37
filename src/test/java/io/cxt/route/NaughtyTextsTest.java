package io.cxt.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.fixture.AnyTranscript;
import io.cxt.fixture.Chats;
import io.cxt.fixture.Command.Ended;
import io.cxt.fixture.DigitalSite;
import io.cxt.fixture.LogRecorder;
import io.cxt.fixture.RunningCxt;
import io.cxt.fixture.SharedData;
import io.cxt.fixture.Transcripts;
import io.cxt.fixture.Verb;
import io.cxt.ledger.LedgerAudit;
import io.cxt.simulator.Fault;
import io.cxt.simulator.ReceivedCall;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import io.cxt.simulator.digital.DigitalCall;
import io.cxt.simulator.digital.DigitalStandIn;
import io.cxt.simulator.digital.DigitalSwitches;
import io.cxt.transcript.Blanks;
import io.cxt.transcript.ChatMessage;
import io.cxt.transcript.MessageTime;
import io.cxt.transcript.Party;
import io.cxt.transcript.Transcript;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Texts that mean something to a database, a template or a terminal, in every field. FAULTS 46, 47, 55, 56. */
@Timeout(180)
class NaughtyTextsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path OUR_SET = Path.of("src/test/resources/hostile/texts.ndjson");

    @TempDir
    Path data;

    @Test
    @Tag("fault-47")
    void our_set_of_them_reaches_cxone_byte_for_byte_and_is_data_everywhere() throws Exception {
        List<String> texts = new ArrayList<>();
        for (String line : Files.readAllLines(OUR_SET)) {
            texts.add(JSON.readValue(line, String.class));
        }

        assertThat(texts).hasSizeGreaterThan(80);
        areData(texts);
    }

    @Test
    void the_lists_of_others_do_so_too() throws Exception {
        Set<String> texts = new LinkedHashSet<>();
        for (Path file : SharedData.files("payload-lists", "")) {
            for (String line : Files.readString(file, StandardCharsets.UTF_8).split("\n")) {
                if (!line.isBlank() && line.length() <= 512 && line.indexOf('\0') < 0) {
                    texts.add(line);
                }
            }
        }

        areData(List.copyOf(texts));
    }

    /** Sent as every field of a transcript, in both ways of writing, and refused as well. */
    private void areData(List<String> texts) throws Exception {
        StringBuilder good = new StringBuilder();
        StringBuilder bad = new StringBuilder();
        for (int i = 0; i < texts.size(); i++) {
            String json = AnyTranscript.json(everywhere(texts.get(i)), i % 2 == 0, false);
            good.append(json).append('\n');
            bad.append(json.replace("\"agentId\"", "\"agentid\"")).append('\n');
        }
        try (LogRecorder log = LogRecorder.install();
                StandIn cxone = StandIn.start(StandInSettings.defaults()
                        .withClient("client-1", RunningCxt.SECRET)
                        .withHeadersAndBodies());
                RunningCxt cxt = RunningCxt.start(data, cxone)) {
            cxone.next(Fault.status(503));

            cxt.drops("texts.ndjson", good.toString());
            cxt.drops("refused.ndjson", bad.toString());

            Map<String, JsonNode> sent = sent(cxone);
            List<String> ids = texts.stream().map(NaughtyTextsTest::id).toList();
            assertThat(sent).containsOnlyKeys(ids);
            texts.forEach(text -> assertThat(sent.get(id(text))).isEqualTo(body(text)));
            assertThat(cxt.rows("SELECT interaction_id FROM delivery WHERE state = 'SENT' ORDER BY source_index"))
                    .isEqualTo(ids);
            assertThat(cxt.rows("SELECT interaction_id FROM audit_record WHERE status = 'injected' ORDER BY rowid"))
                    .containsExactlyInAnyOrderElementsOf(ids);
            assertThat(cxt.rows("SELECT count(*) FROM delivery")).containsExactly("" + 2 * texts.size());
            assertThat(cxt.rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"))
                    .containsExactly(
                            "audit_closed",
                            "audit_closing",
                            "audit_event",
                            "audit_record",
                            "control",
                            "cxt_schema",
                            "delivery",
                            "doubt",
                            "instance",
                            "intake",
                            "job",
                            "job_receipt",
                            "job_source",
                            "ledger_id",
                            "letter",
                            "pace",
                            "replay",
                            "tally");
            LedgerAudit.Verification whole = cxt.ledger().audit().verify();
            assertThat(whole.fault()).isNull();
            assertThat(cxt.archive()).hasSize(texts.size());
            assertThat(log.lines()).hasSizeGreaterThan(texts.size()).allMatch(NaughtyTextsTest::isOnePlainLine);
        }
    }

    @Test
    @Tag("fault-47")
    void message_by_message_they_arrive_as_they_are_and_are_read_back_the_same() throws Exception {
        List<String> texts = new ArrayList<>();
        StringBuilder chats = new StringBuilder(Chats.chat("long", 1, "\ud83d\ude00".repeat(300_000)) + "\n");
        for (String line : Files.readAllLines(OUR_SET)) {
            String text = JSON.readValue(line, String.class);
            texts.add(text);
            chats.append(AnyTranscript.json(everywhere(text), texts.size() % 2 == 0, false))
                    .append('\n');
        }
        try (LogRecorder log = LogRecorder.install();
                DigitalStandIn cxone = DigitalStandIn.start(
                        StandInSettings.defaults().withHeadersAndBodies(), DigitalSwitches.defaults())) {
            try (RunningCxt cxt = RunningCxt.start(data, cxone, DigitalSite.settings(cxone))) {
                cxt.drops("texts.ndjson", chats.toString());

                assertThat(cxt.rows("SELECT state, count(DISTINCT interaction_id) FROM delivery GROUP BY state"))
                        .containsExactly("SENT " + (texts.size() + 1));
            }
            Map<String, String> sent = new HashMap<>();
            for (DigitalCall call : cxone.calls()) {
                assertThat(call.target()).matches("[A-Z]+ /dfo/3\\.0/[A-Za-z0-9/._~:-]+");
                if (call.messageId() != null) {
                    JsonNode body = JSON.readTree(call.body());
                    assertThat(call.messageId()).matches("[A-Za-z0-9._~-]+:[A-Za-z0-9._~:-]+");
                    sent.merge(
                            body.at("/authorEndUserIdentity/idOnExternalPlatform")
                                    .textValue(),
                            body.at("/messageContent/payload/text").textValue(),
                            (first, next) -> first + next);
                }
            }
            assertThat(sent.remove("cust-1").replaceAll("\\(\\d+/\\d+\\) ", ""))
                    .isEqualTo("\ud83d\ude00".repeat(300_000));
            assertThat(sent)
                    .containsOnlyKeys(texts.stream().map(NaughtyTextsTest::id).toList());
            texts.forEach(text -> assertThat(sent.get(id(text))).isEqualTo(text));
            Ended reconcile = Verb.of(
                    DigitalSite.environment(cxone, "data.dir", data.toString(), "cxone.reads-per-second", "1000"),
                    "reconcile");
            assertThat(reconcile.err()).contains("same=" + (texts.size() + 1));
            assertThat(reconcile.exit()).as(reconcile.out()).isZero();
            assertThat(cxone.counts().splitContacts()).isZero();
            assertThat(log.lines()).hasSizeGreaterThan(texts.size()).allMatch(NaughtyTextsTest::isOnePlainLine);
        }
    }

    private static final Set<Integer> STEERING = Set.of(
            (int) Character.FORMAT, (int) Character.SURROGATE, (int) Character.PRIVATE_USE, (int) Character.UNASSIGNED);

    private static boolean isOnePlainLine(String line) {
        return line.codePoints()
                .allMatch(c -> c == ' '
                        || !Character.isSpaceChar(c)
                                && !Character.isISOControl(c)
                                && !STEERING.contains(Character.getType(c)));
    }

    private static Map<String, JsonNode> sent(StandIn cxone) throws IOException {
        Map<String, JsonNode> sent = new HashMap<>();
        for (ReceivedCall call : cxone.calls()) {
            if (call.accepted()) {
                JsonNode body = JSON.readTree(call.body());
                sent.put(body.at("/properties/interactionId").textValue(), body);
            }
        }
        return sent;
    }

    /** An id has no blanks around it, so what does has something around those. */
    private static String id(String text) {
        return Blanks.strip(text).equals(text) ? text : "<" + text + ">";
    }

    private static Transcript everywhere(String text) {
        String id = id(text);
        Party party = new Party(id, text);
        MessageTime time = MessageTime.of(Transcripts.BEGIN.toString());
        return new Transcript(id, id, id, List.of(new ChatMessage(id, party, party, text, time, text, text)));
    }

    /** What CXone gets of it, by the contract and not by our own writer. */
    private static JsonNode body(String text) {
        String id = id(text);
        var body = JSON.createObjectNode().put("channel", "webchat");
        body.putObject("from").put("id", id).put("type", "agent");
        body.putObject("to").put("id", id).put("type", "customer");
        body.putObject("properties").put("interactionId", id);
        var message = body.putArray("messages").addObject().put("id", id);
        message.putObject("from").put("id", id).put("type", text);
        message.putObject("to").put("id", id).put("type", text);
        message.put("text", text).put("timestamp", Transcripts.BEGIN.toString());
        message.put("type", text).put("format", text);
        return body;
    }
}
