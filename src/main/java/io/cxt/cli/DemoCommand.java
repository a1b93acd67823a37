package io.cxt.cli;

import io.cxt.audit.AuditEntry;
import io.cxt.audit.AuditQuery;
import io.cxt.db.LedgerSettings;
import io.cxt.files.DurableFiles;
import io.cxt.ledger.LedgerAudit;
import io.cxt.ledger.LedgerView;
import io.cxt.runtime.Engine;
import io.cxt.settings.Settings;
import io.cxt.simulator.Broker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Sends samples to a stand-in for CXone that answers some calls with errors. */
@Command(
        name = "demo",
        description = "Sends samples to a stand-in for CXone. Needs no account and no network.",
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  cxt demo",
            "  cxt demo --jms",
            "  cxt demo --target cxone-digital",
            "  cxt demo --folder /tmp/cxt-demo"
        })
final class DemoCommand implements Callable<Integer> {
    /** How the command was called; the scripts set it. */
    private static final String CALLED =
            Optional.ofNullable(System.getenv("CXT_COMMAND")).orElse("cxt");

    private static final String MARK = ".cxt-demo";
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @Option(
            names = "--folder",
            defaultValue = "demo-data",
            description = "Folder of the demo; recreated each time. Default: ${DEFAULT-VALUE}")
    private Path folder;

    @Option(
            names = "--jms",
            description = "Send the samples through a message queue, on a broker that the demo starts.")
    private boolean jms;

    @Option(
            names = "--target",
            defaultValue = "conversations",
            description =
                    "The contract that the stand-in speaks: conversations or cxone-digital. Default: ${DEFAULT-VALUE}")
    private String target;

    @Override
    public Integer call() throws Exception {
        Path data = folder.toAbsolutePath().normalize();
        try {
            if (!cleared(data)) {
                System.err.println(data + " is not a folder of a demo. Name another one: cxt demo --folder PATH");
                return Exit.USAGE;
            }
            play(data);
        } catch (IOException e) {
            System.err.println("The demo cannot write in %s: %s. Name another folder: cxt demo --folder PATH"
                    .formatted(data, FailureMessage.inWords(e)));
            return Exit.UNREACHABLE;
        }
        tryNext(data, target);
        return Exit.GOOD;
    }

    private void play(Path data) throws Exception {
        try (DemoTarget cxone = DemoTarget.start(target)) {
            System.out.println(cxone.introduction());
            Map<String, String> given = given(data, cxone);
            if (jms) {
                try (Broker broker = Broker.start(data.resolve("broker"))) {
                    given.put("pickup.file.enabled", "false");
                    given.put("pickup.jms.enabled", "true");
                    given.put("pickup.jms.broker-url", broker.url());
                    given.put("pickup.jms.queue", Broker.QUEUE);
                    broker.send(DemoSamples.byName(cxone.digital()).values());
                    show(given, cxone, "in the queue " + Broker.QUEUE + " of a broker at " + broker.url());
                }
            } else {
                DemoSamples.drop(data.resolve("inbox"), cxone.digital());
                show(given, cxone, "in " + data.resolve("inbox"));
            }
        }
    }

    private static void show(Map<String, String> given, DemoTarget cxone, String place) throws Exception {
        Installation installation = Installation.find(given);
        System.out.println("Samples are " + place + ". What follows is the log of CXT.");
        System.out.println();
        run(installation);
        System.out.println();
        tell(installation, cxone);
    }

    /** The settings that ship and those of the demo, whatever else is set: it touches nothing but its folder. */
    private static Map<String, String> given(Path data, DemoTarget cxone) {
        Map<String, String> given = Installation.shipped();
        given.put("data.dir", data.toString());
        cxone.configure(given);
        given.put("cxone.requests-per-second", "20");
        given.put("cxone.retry.first-delay-ms", "200");
        given.put("pickup.file.settle-ms", "100");
        return given;
    }

    private static boolean cleared(Path data) throws IOException {
        if (Files.exists(data)) {
            if (!Files.isDirectory(data)) {
                return false;
            }
            if (!Files.exists(data.resolve(MARK))) {
                try (Stream<Path> there = Files.list(data)) {
                    if (there.findAny().isPresent()) {
                        return false;
                    }
                }
            }
            try (Stream<Path> old = Files.walk(data)) {
                for (Path file : old.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        DurableFiles.createFolder(data.resolve("inbox"));
        Files.createFile(data.resolve(MARK));
        return true;
    }

    private static void run(Installation installation) throws Exception {
        try (Engine engine = installation.engine(true)) {
            engine.start();
            long deadline = System.nanoTime() + LIMIT.toNanos();
            CountDownLatch never = new CountDownLatch(1);
            while (!engine.components().drained() && System.nanoTime() - deadline < 0) {
                never.await(100, TimeUnit.MILLISECONDS);
            }
        }
    }

    private static void tell(Installation installation, DemoTarget cxone) {
        Settings settings = installation.settings();
        LedgerSettings ledger = LedgerSettings.from(settings);
        System.out.println("What happened to each:");
        try (LedgerView view = LedgerView.of(ledger)) {
            List<AuditEntry> events = new ArrayList<>();
            view.audit().events(AuditQuery.ALL, events::add);
            events.forEach(event -> {
                String words = cxone.leavesOut(event, view) ? null : words(event, cxone.digital());
                if (words != null) {
                    System.out.println("  " + words);
                }
            });
            LedgerAudit.Verification verified = view.audit().verify();
            System.out.printf(
                    "The audit trail has %s events, and its chain is %s.%n",
                    verified.events(), verified.fault() == null ? "intact" : "broken: " + verified.fault());
        }
        System.out.printf(
                "The stand-in accepted %s posts, %s.%n",
                cxone.accepted(), cxone.repeats() == 0 ? "no duplicates" : cxone.repeats() + " of them duplicates");
    }

    private static @Nullable String words(AuditEntry event, boolean digital) {
        String id = event.interactionId() == null ? event.source() : event.interactionId();
        Integer part = event.part();
        return switch (event.event()) {
            case "SENT" ->
                "%s%s was sent as conversation %s, with call %s"
                        .formatted(
                                id,
                                digital || Integer.valueOf(1).equals(part) && !"demo-too-long".equals(id)
                                        ? ""
                                        : " part " + part,
                                event.conversationId(),
                                event.attempt());
            case "RATE_LIMITED" -> "%s was answered 429: all calls waited, and it used up no attempt".formatted(id);
            case "ATTEMPT" -> "%s was answered %s: tried again later".formatted(id, event.httpStatus());
            case "SKIPPED_DUPLICATE" -> "%s is a duplicate, with the same content: no call".formatted(id);
            case "CONFLICT" -> "%s is a conflict, with other content: set aside, a person decides".formatted(id);
            case "REJECTED" -> "%s was rejected: %s".formatted(id, event.reason());
            default -> null;
        };
    }

    private void tryNext(Path data, String played) {
        System.out.println();
        System.out.println("Try next:");
        for (String command : List.of(
                "cxt status                    deliveries by state",
                "cxt find demo-too-long        one interaction, from claim to archive",
                "cxt dead-letters list         what was rejected, and what to do",
                "cxt audit verify              is the record intact?",
                "ls %s     archive, dead letters, reports".formatted(data))) {
            System.out.println("  "
                    + (command.startsWith("cxt")
                            ? "%sDATA_DIR=%s %s%s"
                                    .formatted(
                                            System.getenv("CXT_DATA_DIR") == null ? "" : "CXT_",
                                            folder,
                                            CALLED,
                                            command.substring(3))
                            : command));
        }
        System.out.println("  Then " + DemoTarget.forTenant(played));
    }
}
