package io.cxt.cli;

import static io.cxt.fixture.Chats.chat;
import static org.assertj.core.api.Assertions.assertThat;

import io.cxt.fixture.Command;
import io.cxt.fixture.Command.Ended;
import io.cxt.simulator.Fault;
import io.cxt.simulator.Settings;
import io.cxt.simulator.StandIn;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Words planted in texts, names, ids of people, secret and token turn up in nothing that a command says. FAULTS 57. */
@Timeout(180)
class CanaryCommandsTest {
    private static final String SECRET = "CANARYsecretCANARY";
    private static final String FORGED = "CANARYpasswordCANARY";

    @TempDir
    Path scratch;

    private final Map<String, String> environment = new HashMap<>();
    private final Map<String, Ended> said = new LinkedHashMap<>();

    @Test
    @Tag("fault-57")
    void nothing_planted_is_in_what_commands_say_or_leave_behind() throws Exception {
        Path data = scratch.resolve("d");
        Files.createDirectories(data.resolve("inbox"));
        Files.writeString(data.resolve("inbox/good.json"), planted("good"));
        Files.writeString(data.resolve("inbox/refused.json"), planted("refused"));
        Files.writeString(data.resolve("inbox/failing.json"), planted("failing"));
        Files.writeString(
                data.resolve("inbox/broken.ndjson"), planted("cut").substring(0, 300) + "\n" + swapped() + "\n");
        Path bad = Files.writeString(scratch.resolve("bad.ndjson"), swapped() + "\n" + planted("x") + " CANARY\n");
        List<String> tokens;
        try (StandIn cxone = StandIn.start(Settings.defaults().withClient("client-1", SECRET))) {
            cxone.next(Fault.status(422), Fault.status(503), Fault.resetAfterBody());
            environment.put("DATA_DIR", data.toString());
            environment.put("CXONE_BASE_URL", cxone.baseUri().toString());
            environment.put("CXONE_CLIENT_ID", "client-1");
            environment.put("CXONE_CLIENT_SECRET", SECRET);
            environment.put("CXONE_RETRY_MAX_RETRIES", "0");
            environment.put("PICKUP_FILE_SETTLE_MS", "0");

            say("run", "--once");
            say("status");
            say("find", "good", "-o", "json");
            say("audit", "query", "-o", "json");
            say("audit", "verify");
            say("dead-letters", "list", "-o", "json");
            say("dead-letters", "show", "TS-ORDER/swapped");
            say("validate", bad.toString());
            say("check", "--connect");
            environment.put("CXONE_CLIENT_SECRET", FORGED);
            say("check", "--connect");
            environment.put("CXONE_BASE_URL", "https://user:" + FORGED + "@127.0.0.1/?x=" + FORGED);
            environment.put("LEDGER_URL", "jdbc:postgresql://127.0.0.1:1/cxt?user=x&password=" + FORGED);
            say("check");
            environment.put("CXONE_BASE_URL", "https://127.0.0.1");
            say("status");
            tokens = cxone.calls().stream().map(call -> call.token()).distinct().toList();
        }

        assertThat(tokens).isNotEmpty();
        assertThat(said).hasSizeGreaterThan(9);
        said.forEach((command, ended) -> assertThat(ended.out() + ended.err())
                .as(command)
                .isNotBlank()
                .doesNotContain("CANARY")
                .doesNotContain(tokens));
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.filter(Files::isRegularFile)
                    .filter(CanaryCommandsTest::tellsOfTranscripts)
                    .toList()) {
                assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain("CANARY")
                        .doesNotContain(tokens);
            }
        }
    }

    private void say(String... arguments) throws Exception {
        String command = said.size() + " " + String.join(" ", arguments);
        said.put(command, Command.run(scratch, environment, arguments));
    }

    private static boolean tellsOfTranscripts(Path file) {
        String path = file.toString();
        boolean transcript = path.contains("/archive/")
                || path.contains("/inbox/")
                || path.contains("/dead-letters/") && !path.endsWith(".reason.json");
        return !transcript;
    }

    private static String planted(String id) {
        return chat(id, 2, "CANARYtextCANARY")
                .replace("cust-1", "CANARYcustomerCANARY")
                .replace("agt-1", "CANARYagentCANARY");
    }

    private static String swapped() {
        return planted("swapped").replace("00:00:00Z", "09:00:00Z");
    }
}
