package io.cxt.kill;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.cxt.archive.ArchiveReader;
import io.cxt.archive.DeadLetters;
import io.cxt.archive.DeadLetters.Letter;
import io.cxt.files.HaltAt;
import io.cxt.fixture.Await;
import io.cxt.fixture.Chats;
import io.cxt.fixture.Command;
import io.cxt.simulator.ReceivedCall;
import io.cxt.transcript.Part;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * CXT is killed and started again, and beside it persons erase chats and customers, and prune; these commands are killed, too.
 * In the end each erasure is ordered once more. Then nothing of what was erased may be left, and everything else must be there.
 * Long because the load, the persons and what is looked for share the ids.
 */
final class EraseKillRun {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final int CHATS = 24;
    private static final int CHATS_OF_A_CUSTOMER = 3;
    private static final List<String> STEPS =
            List.of("erase-recorded", "erase-noted", "erase-half", "erase-written", "erase-letters", "erase-copies");
    private static final Pattern CANARY = Pattern.compile("CANARY\\[([^\\]]{1,60})\\]END");
    private static final Map<String, String> ONE_DAY =
            Map.of("RETENTION_DONE_DAYS", "1", "RETENTION_REPORTS_DAYS", "1", "RETENTION_DEAD_LETTERS_DAYS", "1");

    private final Site site;
    private final Random random;
    private final Random ofPersons;
    private final long seed;
    /** Customer by chat. */
    private final Map<String, String> chats = new ConcurrentHashMap<>();
    /** Those of sources that were read to their end. */
    private volatile List<String> settled = List.of();

    private final Set<String> erased = ConcurrentHashMap.newKeySet();
    private final Set<String> erasedCustomers = ConcurrentHashMap.newKeySet();
    private final List<String> wrong = new ArrayList<>();
    private final Map<String, Integer> commands = new TreeMap<>();
    private int kills;
    private int leftByKills;

    EraseKillRun(Site site, long seed) {
        this.site = site;
        this.seed = seed;
        random = new Random(seed);
        ofPersons = new Random(seed + 1);
    }

    /** Kills so often, then lets all end, and says what is wrong. */
    List<String> kill(int wanted) throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        Thread persons = new Thread(() -> persons(over), "persons");
        for (int round = 0; kills < wanted; round++) {
            drop("round-" + round);
            if (round % 3 == 0) {
                toTheEnd();
                settled = List.copyOf(new TreeSet<>(chats.keySet()));
            } else {
                killOnce(round);
            }
            if (round == 0) {
                persons.start(); // there is a ledger now
            }
        }
        over.set(true);
        persons.join();
        toTheEnd();
        leftByKills = left(erased).size();
        eraseAgain();
        look();
        return wrong;
    }

    private void toTheEnd() throws Exception {
        site.cxone.change(traffic -> traffic.withFaults(Round.USUAL.withSeed(seed)));
        try (Command run = site.start(0, null)) {
            Command.Ended ended = run.ended(LIMIT);
            if (ended.exit() > 1) {
                wrong.add("a run ended with " + ended.exit() + ": " + ended.err());
            }
        }
    }

    private static String canary(String name) {
        return "CANARY[" + name + "]END";
    }

    private static String customer(String name) {
        return canary("customer-" + name);
    }

    private String line(String id, String customer) {
        chats.put(id, customer);
        return Chats.chat(id, 2, canary(id)).replace("cust-1", customer) + "\n";
    }

    /** Each file is older than it is, so that its time to be pruned has come once it is done. */
    private void drop(String name) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < CHATS; i++) {
            String id = name + "-" + i;
            String line = line(id, customer(name + "-" + i / CHATS_OF_A_CUSTOMER));
            lines.append(i % 8 == 5 ? line.replace("T00:00:01Z", "T00:00:01") : line);
        }
        String longOne = name + "-long";
        chats.put(longOne, customer(name + "-0"));
        lines.append(Chats.chat(longOne, 1100, canary(longOne)).replace("cust-1", customer(name + "-0")))
                .append('\n');
        put(name + ".ndjson", lines.toString());
        for (int i = 0; i < 3; i++) {
            put(name + "-single-" + i + ".json", line(name + "-single-" + i, customer(name + "-1")));
        }
    }

    private void put(String name, String content) throws IOException {
        Path file = Files.writeString(
                Files.createDirectories(site.folder.resolve("beside")).resolve(name), content);
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(3))));
        Files.move(file, site.inbox.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    /** By turns SIGKILL at a random number of posts, and an end at a named step. */
    private void killOnce(int round) throws Exception {
        List<Round> steps = Round.STEPS.stream()
                .filter(each -> !each.forbidden() && each.settings().isEmpty())
                .toList();
        Round step = steps.get((round / 2 + Math.floorMod(seed, steps.size())) % steps.size());
        site.cxone.change(traffic -> traffic.withFaults((round % 2 == 0 ? Round.USUAL : step.faults()).withSeed(seed)));
        long posts = site.cxone.counts().posts() + 1 + random.nextInt(CHATS);
        String where = round % 2 == 0 ? null : step.step() + ":" + (1 + random.nextInt(Math.min(CHATS, step.most())));
        try (Command command = site.start(0, where)) {
            if (where == null) {
                Await.until(
                        () -> site.cxone.counts().posts() >= posts
                                || !command.process().isAlive(),
                        LIMIT);
                kills += command.process().isAlive() ? 1 : 0;
            } else {
                kills += command.ended().exit() == HaltAt.EXIT ? 1 : 0;
            }
        }
    }

    private void persons(AtomicBoolean over) {
        try {
            for (int turn = 0; !over.get(); turn++) {
                List<String> ids = settled;
                String id = ids.get(ofPersons.nextInt(ids.size()));
                boolean delete = ofPersons.nextInt(4) == 0;
                String halt = turn % 3 == 0 ? STEPS.get(ofPersons.nextInt(STEPS.size())) : null;
                if (turn % 4 == 3) {
                    command("prune", null, turn % 8 == 3, "prune");
                } else if (turn % 4 == 1) {
                    erasedCustomers.add(chats.get(id));
                    command("erase customer", halt, turn % 3 == 1, erase("--customer", chats.get(id), delete));
                } else {
                    erased.add(id);
                    command("erase chat", halt, turn % 3 == 1, erase("--interaction", id, delete));
                }
            }
        } catch (Exception | Error e) {
            wrong.add("persons: " + e);
        }
    }

    private static String[] erase(String option, String of, boolean delete) {
        return new String[] {"erase", option, of, "--originals", delete ? "delete" : "keep"};
    }

    private void command(String name, String haltAt, boolean kill, String... arguments) throws Exception {
        try (Command command = site.command(haltAt, ONE_DAY, arguments)) {
            if (kill && command.process().waitFor(700 + ofPersons.nextInt(900), TimeUnit.MILLISECONDS)) {
                kill = false; // it has ended
            }
            if (kill) {
                command.process().destroyForcibly().waitFor();
            }
            int exit = command.ended(LIMIT).exit();
            commands.merge(name + (exit == HaltAt.EXIT ? " killed" : " " + exit), 1, Integer::sum);
            if (!Set.of(0, 2, 6, HaltAt.EXIT).contains(exit)) {
                wrong.add(name + " ended with " + exit + ": " + command.err());
            }
        }
    }

    /** What persons do who got no answer. */
    private void eraseAgain() {
        for (String customer : erasedCustomers) {
            again("--customer", customer);
            chats.forEach((id, of) -> {
                if (of.equals(customer)) {
                    erased.add(id);
                }
            });
        }
        erased.forEach(id -> again("--interaction", id));
    }

    private void again(String option, String of) {
        Command.Ended ended = site.cxt(0, erase(option, of, true));
        if (ended.exit() != 0) {
            wrong.add("erase %s %s ended with %s: %s%s".formatted(option, of, ended.exit(), ended.err(), ended.out()));
        }
    }

    private Connection ledger() throws SQLException {
        return DriverManager.getConnection(
                site.ledgerUrl(), site.ledgerUser(), site.ledgerUser() == null ? null : "postgres");
    }

    private void look() throws Exception {
        Command.Ended verified = site.cxt(0, "audit", "verify");
        if (verified.exit() != 0) {
            wrong.add("audit verify ended with " + verified.exit() + ": " + verified.out());
        }
        lost();
        Set<String> gone = new HashSet<>(erased);
        Set<String> customers = new HashSet<>(chats.values());
        chats.forEach((id, of) -> {
            if (!erased.contains(id)) {
                customers.remove(of);
            }
        });
        customers.forEach(of -> gone.add(of.replaceAll("CANARY\\[|\\]END", "")));
        left(gone).forEach((id, where) -> wrong.add("left of what was erased: " + id + " in " + where));
    }

    /** Where something of these is, by their ids: in files, packed ones unpacked, and in tables. */
    private Map<String, Set<String>> left(Set<String> gone) throws Exception {
        Map<String, Set<String>> left = new TreeMap<>();
        try (Stream<Path> files = Files.walk(site.folder)) {
            for (Path file : files.filter(Files::isRegularFile)
                    .filter(each -> !each.startsWith(site.folder.resolve("postgres")))
                    .toList()) {
                holds(site.folder.relativize(file).toString(), content(file), gone, left);
            }
        }
        if (site.ledgerUser() != null) {
            tables(gone, left);
        }
        return left;
    }

    /** Chats that are not erased, and that neither CXone has, byte for byte in the archive, nor a dead letter. */
    private void lost() throws Exception {
        Map<String, Set<String>> arrived = new HashMap<>();
        for (ReceivedCall call : site.cxone.calls()) {
            if (call.accepted()) {
                arrived.computeIfAbsent(call.interactionId(), none -> new HashSet<>())
                        .add(call.sha256());
            }
        }
        Set<String> there = new HashSet<>();
        ArchiveReader archive = new ArchiveReader(site.data(0).resolve("archive"));
        try (Connection ledger = ledger();
                Statement statement = ledger.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT interaction_id, content_hash, archived_in FROM delivery WHERE state = 'SENT'")) {
            while (row.next()) {
                String id = row.getString(1);
                if (erased.contains(id)) {
                    continue;
                }
                try {
                    String hash = Part.hashOf(archive.read(row.getString(3)));
                    if (hash.equals(row.getString(2))
                            && arrived.getOrDefault(id, Set.of()).contains(hash)) {
                        there.add(id);
                    }
                } catch (IOException | RuntimeException e) {
                    wrong.add("not archived: " + id + " " + row.getString(3) + " " + e);
                }
            }
        }
        Path data = site.data(0);
        for (Letter letter : new DeadLetters(data.resolve("dead-letters"), data).list()) {
            String id = letter.refusal().interactionId();
            if (Files.exists(letter.transcript())
                    && Files.readString(letter.transcript()).contains(canary(id))) {
                there.add(id);
            }
        }
        chats.keySet().stream()
                .filter(id -> !erased.contains(id) && !there.contains(id))
                .forEach(id -> wrong.add("lost: " + id));
    }

    private void tables(Set<String> gone, Map<String, Set<String>> left) throws SQLException {
        try (Connection ledger = ledger();
                Statement statement = ledger.createStatement()) {
            List<String> names = new ArrayList<>();
            try (ResultSet row = statement.executeQuery(
                    "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()")) {
                while (row.next()) {
                    names.add(row.getString(1));
                }
            }
            for (String name : names) {
                try (ResultSet row = statement.executeQuery("SELECT CAST(t AS TEXT) FROM " + name + " t")) {
                    while (row.next()) {
                        holds("table " + name, row.getString(1), gone, left);
                    }
                }
            }
        }
    }

    private static void holds(String where, String content, Set<String> gone, Map<String, Set<String>> left) {
        Matcher canary = CANARY.matcher(content);
        while (canary.find()) {
            if (gone.contains(canary.group(1))) {
                left.computeIfAbsent(canary.group(1), none -> new TreeSet<>()).add(where);
            }
        }
    }

    /** Packed files unpacked, as far as they go. */
    private static String content(Path file) throws IOException {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return "";
        }
        StringBuilder all = new StringBuilder(new String(bytes, ISO_8859_1));
        if (bytes.length > 2 && bytes[0] == 0x1f) {
            try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
                byte[] some = new byte[8192];
                for (int n; (n = in.read(some)) > 0; ) {
                    all.append(new String(some, 0, n, ISO_8859_1));
                }
            } catch (EOFException | ZipException e) {
                return all.toString(); // a kill cut it off
            }
        }
        return all.toString();
    }

    int kills() {
        return kills;
    }

    String summary(String database) {
        return ("%s: %s kills of cxt run, %s chats, %s of them erased, %s customers erased, commands by exit code %s;"
                        + " before all were erased once more, something of %s was left")
                .formatted(database, kills, chats.size(), erased.size(), erasedCustomers.size(), commands, leftByKills);
    }
}
