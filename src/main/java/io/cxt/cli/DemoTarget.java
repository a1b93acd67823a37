package io.cxt.cli;

import io.cxt.audit.AuditEntry;
import io.cxt.ledger.LedgerView;
import io.cxt.simulator.Fault;
import io.cxt.simulator.RunningStandIn;
import io.cxt.simulator.StandIn;
import io.cxt.simulator.StandInSettings;
import io.cxt.simulator.digital.DigitalStandIn;
import io.cxt.simulator.digital.DigitalSwitches;
import io.cxt.text.SafeName;
import java.io.IOException;
import java.util.Map;

/** The stand-in of a demo, which accepts 20 calls a second and answers one with 429 and one with 500. */
record DemoTarget(RunningStandIn<?> standIn) implements AutoCloseable {
    private static final String DIGITAL = "cxone-digital";

    /** @param name as in {@code cxone.target} */
    static DemoTarget start(String name) throws IOException {
        if (!name.equals(DIGITAL) && !name.equals("conversations")) {
            throw new CommandRefused(
                    Exit.USAGE, "--target is %s; allowed: conversations, cxone-digital".formatted(SafeName.log(name)));
        }
        StandInSettings settings = StandInSettings.defaults().withLatency(20).withRate(20, 2);
        RunningStandIn<?> standIn = name.equals(DIGITAL)
                ? DigitalStandIn.start(
                        settings, DigitalSwitches.defaults().with(Map.of("contactBurst", 20, "contactPerMinute", 300)))
                : StandIn.start(settings);
        standIn.next(Fault.none(), Fault.tooManyRequests("1"), Fault.none(), Fault.status(500));
        return new DemoTarget(standIn);
    }

    /** True where each message is a call. */
    boolean digital() {
        return standIn instanceof DigitalStandIn;
    }

    String introduction() {
        return ("A stand-in for CXone is listening on %s. It accepts 20 %s per second%s and will answer one call with 429"
                        + " and one with 500.")
                .formatted(
                        standIn.baseUri(),
                        digital() ? "messages" : "chats",
                        digital() ? ", for one contact 20 and then 5 a second," : "");
    }

    /** What to do with a tenant after the demo of this target. */
    static String forTenant(String name) {
        return name.equals(DIGITAL)
                ? "set CXONE_TARGET=cxone-digital, CXONE_DIGITAL_AREA, CXONE_DIGITAL_CHANNEL_ID, CXONE_DIGITAL_ARCHIVE_CHANNEL, CXONE_ACCESS_KEY_ID and CXONE_ACCESS_KEY_SECRET, and run cxt check --connect and cxt probe --yes: docs/cxone-digital.md"
                : "set CXONE_BASE_URL, CXONE_CLIENT_ID and CXONE_CLIENT_SECRET to your tenant's: README.md";
    }

    /** Sets what leads to it. */
    void configure(Map<String, String> given) {
        given.put("cxone.base-url", standIn.baseUri().toString());
        if (!digital()) {
            given.put("cxone.client-id", "demo");
            given.put("cxone.client-secret", "demo");
            return;
        }
        given.put("cxone.target", DIGITAL);
        given.put("cxone.sign-in-url", standIn.baseUri() + "/authentication/v1/token/access-key");
        given.put("cxone.access-key-id", "demo");
        given.put("cxone.access-key-secret", "demo");
        given.put("cxone.digital.channel-id", DigitalStandIn.CHANNEL);
        given.put("cxone.digital.archive-channel", "confirmed");
        given.put("cxone.digital.contact-burst", "20");
        given.put("cxone.digital.contact-per-minute", "300");
    }

    /** True for a message that is not the end of its chat, where each message is a call. */
    boolean leavesOut(AuditEntry event, LedgerView view) {
        String id = event.interactionId();
        return digital()
                && (event.event().equals("SENT") || event.event().equals("SKIPPED_DUPLICATE"))
                && id != null
                && view.deliveries(id).stream()
                        .anyMatch(row -> !Integer.valueOf(row.parts()).equals(event.part()));
    }

    long accepted() {
        return standIn instanceof DigitalStandIn digital
                ? digital.counts().accepted()
                : ((StandIn) standIn).counts().accepted();
    }

    long repeats() {
        return standIn instanceof DigitalStandIn digital
                ? digital.counts().accepted() - digital.counts().distinct()
                : ((StandIn) standIn).counts().repeats();
    }

    @Override
    public void close() {
        standIn.close();
    }
}
