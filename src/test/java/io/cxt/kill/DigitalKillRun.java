package io.cxt.kill;

import io.cxt.audit.AuditQuery;
import io.cxt.db.LedgerSettings;
import io.cxt.fixture.Await;
import io.cxt.fixture.Chats;
import io.cxt.fixture.Command;
import io.cxt.fixture.Postgres;
import io.cxt.fixture.Verb;
import io.cxt.ledger.LedgerView;
import io.cxt.simulator.Fault;
import io.cxt.simulator.FaultPlan;
import io.cxt.simulator.StandInSettings;
import io.cxt.simulator.digital.AcceptedMessage;
import io.cxt.simulator.digital.DigitalCall;
import io.cxt.simulator.digital.DigitalStandIn;
import io.cxt.simulator.digital.DigitalSwitches;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Kills CXT while it sends chats message by message, starts it again on what is left and more, and counts at the end what
 * the Digital Engagement API has of each chat, in which order, and what the audit tells of it.
 */
final class DigitalKillRun implements AutoCloseable, RunningJobs.Place {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    /** Chats longer than this wait for their contact. */
    private static final int BURST = 15;

    private static final FaultPlan FAULTS = FaultPlan.NONE
            .with(Fault.status(503), 3)
            .with(Fault.tooManyRequests("1"), 0.3)
            .with(Fault.resetAfterBody(), 1.5)
            .with(Fault.parse("accept-and-hang=6000"), 0.2)
            .with(Fault.parse("hang=6000"), 0.2);

    /** What is done about a call without an answer, round by round. */
    private static final List<String> IN_DOUBT = List.of("lookup", "resend", "lookup", "park");

    private final Path folder;
    private final Path data;
    private final Postgres postgres;
    private final DigitalStandIn cxone;
    private final Map<String, Integer> chats = new TreeMap<>();
    private final Random random;
    private final List<String> notes = new ArrayList<>();
    private final RunningJobs jobs;
    private int kills;

    DigitalKillRun(Path folder, boolean postgresql, long seed) throws IOException {
        this.folder = folder;
        data = Files.createDirectories(folder.resolve("data"));
        Files.createDirectories(data.resolve("inbox"));
        postgres = postgresql ? Postgres.start(folder.resolve("postgres")) : null;
        random = new Random(seed);
        cxone = DigitalStandIn.start(
                StandInSettings.defaults().withJournal(1_000_000).withLatency(5),
                DigitalSwitches.defaults().with(Map.of("contactBurst", BURST, "contactPerMinute", 300)));
        cxone.change(traffic -> traffic.withFaults(FAULTS.withSeed(seed)));
        jobs = new RunningJobs(this, folder.resolve("exports"));
    }

    @Override
    public Path data() {
        return data;
    }

    @Override
    public String ledgerUrl() {
        return url();
    }

    @Override
    public String ledgerUser() {
        return postgres == null ? null : postgres.user();
    }

    @Override
    public Command.Ended cxt(String... arguments) throws IOException {
        return Verb.of(environment(), arguments);
    }

    /** What was found wrong; empty when all is well. */
    List<String> kill(int wanted) throws Exception {
        for (int round = 0; kills < wanted; round++) {
            drop("round-" + round);
            if (jobs.possible()) {
                jobs.redrive();
                jobs.backfill("export-" + round, lines("export-" + round));
            }
            long posts = cxone.counts().posts() + 1 + random.nextInt(60);
            try (Command command = start(IN_DOUBT.get(round % IN_DOUBT.size()))) {
                Await.until(
                        () -> cxone.counts().posts() >= posts
                                || !command.process().isAlive(),
                        LIMIT);
                kills += command.process().isAlive() ? 1 : 0;
            }
            jobs.killed();
        }
        cxone.change(traffic -> traffic.withFaults(FaultPlan.NONE));
        finish();
        Command.Ended replay = cxt("dead-letters", "replay", "--all");
        note(replay.exit() > 2, "the replay ended with %s: %s".formatted(replay.exit(), replay.err()));
        finish();
        count();
        notes.addAll(jobs.wrong());
        return notes;
    }

    private void finish() throws Exception {
        try (Command last = start("lookup")) {
            Command.Ended ended = last.ended(LIMIT);
            note(ended.exit() > 1, "the last run ended with %s: %s".formatted(ended.exit(), ended.err()));
        }
    }

    private void count() {
        Map<String, List<AcceptedMessage>> threads =
                cxone.accepted().stream().collect(Collectors.groupingBy(AcceptedMessage::thread));
        Map<String, Integer> claims = new HashMap<>();
        Map<String, Integer> marked = new HashMap<>();
        LedgerSettings settings = new LedgerSettings(
                url(), postgres == null ? null : postgres.user(), postgres == null ? null : "postgres", data);
        try (LedgerView view = LedgerView.of(settings)) {
            view.audit().events(new AuditQuery(Set.of(), "CLAIMED", Set.of(), null, null, Long.MAX_VALUE), event -> {
                String id = event.interactionId() + ":m" + (event.part() - 1);
                claims.merge(id, 1, Integer::sum);
                marked.merge(id, event.detail().contains("may-repeat") ? 1 : 0, Integer::sum);
            });
            chats.forEach((id, messages) -> {
                List<AcceptedMessage> there = threads.getOrDefault(id, List.of());
                List<String> wanted = IntStream.range(0, messages)
                        .mapToObj(i -> id + ":m" + i)
                        .toList();
                List<String> got =
                        there.stream().map(AcceptedMessage::messageId).toList();
                note(!got.equals(wanted), "lost or out of order: %s has %s".formatted(id, got));
                there.forEach(message -> note(
                        message.count() - 1 > marked.getOrDefault(message.messageId(), 0),
                        "unmarked repeat: " + message));
                long sent = view.deliveries(id).stream()
                        .filter(row -> row.part() > 0 && row.state().name().equals("SENT"))
                        .count();
                note(
                        sent != messages + 1,
                        "%s: %s of %s parts are on record as sent".formatted(id, sent, messages + 1));
            });
            note(
                    view.audit().verify().fault() != null,
                    "chain: " + view.audit().verify().fault());
        }
        Map<String, Long> posts = cxone.calls().stream()
                .filter(call -> call.call().equals("CREATE") && call.messageId() != null)
                .collect(Collectors.groupingBy(DigitalCall::messageId, Collectors.counting()));
        posts.forEach(
                (id, count) -> note(count > claims.getOrDefault(id, 0), "unaudited: %s %s times".formatted(id, count)));
        note(
                cxone.counts().earlyContact() > 0,
                "early for a contact: " + cxone.counts().earlyContact());
        note(
                cxone.counts().splitContacts() > 0,
                "split contacts: " + cxone.counts().splitContacts());
    }

    private void note(boolean wrong, String words) {
        if (wrong) {
            notes.add(words);
        }
    }

    int kills() {
        return kills;
    }

    String summary() {
        return "%s chats, %s posts, %s messages, %s repeats, %s, %s kills"
                .formatted(
                        chats.size(),
                        cxone.counts().posts(),
                        cxone.counts().distinct(),
                        cxone.counts().accepted() - cxone.counts().distinct(),
                        jobs,
                        kills);
    }

    private void drop(String name) throws IOException {
        Path file = Files.writeString(folder.resolve(name + ".ndjson"), lines(name));
        Files.move(file, data.resolve("inbox").resolve(name + ".ndjson"), StandardCopyOption.ATOMIC_MOVE);
    }

    private String lines(String name) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 10; i++) {
            String id = name + "-" + i;
            int messages = i == 5 ? BURST + 10 : 1 + random.nextInt(8);
            chats.put(id, messages);
            lines.append(Chats.numbered(id, messages)).append('\n');
        }
        return lines.toString();
    }

    private Command start(String inDoubt) throws IOException {
        Map<String, String> environment = environment();
        environment.put("CXONE_IN_DOUBT", inDoubt);
        return Command.start(folder, environment, "run", "--once");
    }

    private String url() {
        return postgres == null ? "jdbc:sqlite:" + data.resolve("ledger.db") : postgres.url();
    }

    private Map<String, String> environment() throws IOException {
        Map<String, String> environment = new HashMap<>(Map.of(
                "DATA_DIR", data.toString(),
                "PICKUP_FILE_SETTLE_MS", "0",
                "CXONE_TARGET", "cxone-digital",
                "CXONE_BASE_URL", cxone.baseUri().toString(),
                "CXONE_SIGN_IN_URL", cxone.baseUri() + "/authentication/v1/token/access-key",
                "CXONE_ACCESS_KEY_ID", "key",
                "CXONE_ACCESS_KEY_SECRET", "secret-1",
                "LEDGER_URL", url(),
                "LEDGER_LEASE_SECONDS", "3",
                "OPS_ENABLED", "false"));
        environment.putAll(Map.of(
                "CXONE_DIGITAL_CHANNEL_ID", DigitalStandIn.CHANNEL,
                "CXONE_DIGITAL_ARCHIVE_CHANNEL", "confirmed",
                "CXONE_DIGITAL_CONTACT_BURST", Integer.toString(BURST),
                "CXONE_DIGITAL_CONTACT_PER_MINUTE", "300",
                "CXONE_DIGITAL_SEARCH_LAG_MS", "0",
                "CXONE_REQUESTS_PER_SECOND", "10000",
                "CXONE_MAX_IN_FLIGHT", "8",
                "CXONE_RETRY_FIRST_DELAY_MS", "100",
                "CXONE_CALL_DEADLINE_MS", "3000"));
        environment.put("BACKFILL_FOLDERS", folder.resolve("exports").toString());
        if (postgres != null) {
            Path password = folder.resolve("password");
            Files.writeString(password, "postgres");
            Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
            environment.put("LEDGER_USERNAME", postgres.user());
            environment.put("LEDGER_PASSWORD_FILE", password.toString());
        }
        return environment;
    }

    @Override
    public void close() throws IOException {
        cxone.close();
        if (postgres != null) {
            postgres.close();
        }
    }
}
