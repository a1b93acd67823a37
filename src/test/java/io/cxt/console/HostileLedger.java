package io.cxt.console;

import static io.cxt.fixture.Chats.chat;

import io.cxt.fixture.RunningCxt;
import io.cxt.simulator.Fault;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A ledger that a run has written, with each outcome, and with names that are out to harm. */
final class HostileLedger {
    static final String MARKUP = "<script>alert(1)</script><img src=x onerror=alert(1)>";
    static final String QUOTES = "\\\"><svg onload=alert(1)> ' &amp; ${7*7} a&b=c#d?e/../f";
    private static final String TURNED = "abc\\u202Ecba\\u2066x\\u0007\\u200b";
    static final String LONG = "L".repeat(400);
    private static final String TEXT = "CANARYtextCANARY";

    private HostileLedger() {}

    static void write(Path data) throws Exception {
        try (StandIn cxone = StandIn.start(StandInSettings.defaults());
                RunningCxt cxt =
                        RunningCxt.start(data, cxone, "cxone.retry.max-retries", "0", "cxone.in-doubt", "park")) {
            cxt.drops("sent.json", chat("sent", 2, TEXT));
            cxt.drops("again.json", chat("sent", 2, TEXT));
            cxt.drops("other.json", chat("sent", 3, TEXT));
            cxone.next(Fault.status(503));
            cxt.drops("failed.json", chat("failed", 2, TEXT));
            cxone.next(Fault.resetAfterBody());
            cxt.drops("doubt.json", chat("doubt", 2, TEXT));
            cxt.drops(
                    "many.ndjson",
                    Stream.of(MARKUP, QUOTES, TURNED, LONG)
                                    .map(id -> chat(id, 2, TEXT))
                                    .reduce("", (all, next) -> all + next + "\n")
                            + "{\"interactionId\":\"" + MARKUP + "2\",\"agentId\":\"CANARYagentCANARY\",\"bad\":1}\n"
                            + "{}\n" + chat(" padded ", 2, TEXT) + "\n"
                            + chat("cut", 2, TEXT).substring(0, 200) + "\n");
            cxt.drops("<b onclick=alert(1)>name.json", chat("name", 2, TEXT));
        }
    }
}
