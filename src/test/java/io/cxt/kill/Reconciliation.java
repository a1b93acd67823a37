package io.cxt.kill;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.archive.ArchiveReader;
import io.cxt.db.LedgerSettings;
import io.cxt.ledger.LedgerView;
import io.cxt.simulator.ReceivedCall;
import io.cxt.simulator.ReceivedPart;
import io.cxt.transcript.Part;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * What was dropped, held against what the ledger says, what CXone got, what the audit tells, what the archive has, and
 * what lies in the folders.
 */
final class Reconciliation {
    private final Site site;
    private final Map<String, Integer> posts = new HashMap<>();
    private final Map<String, Integer> answersLost = new HashMap<>();
    private final Map<String, Set<String>> arrived = new HashMap<>();
    private final Set<String> refusedByCxone = new HashSet<>();
    private final Map<String, Integer> claims = new HashMap<>();
    private final Map<String, Integer> marked = new HashMap<>();
    private final List<String> notes = new ArrayList<>();

    private Reconciliation(Site site) {
        this.site = site;
    }

    /** Looks when nothing runs any more. */
    static Verdict of(Site site, Load load) throws Exception {
        return new Reconciliation(site).verdict(load);
    }

    private Verdict verdict(Load load) throws Exception {
        try (Connection ledger = DriverManager.getConnection(
                site.ledgerUrl(), site.ledgerUser(), site.ledgerUser() == null ? null : "postgres")) {
            for (ReceivedCall call : site.cxone.calls()) {
                String post = key(call.interactionId(), call.part());
                posts.merge(post, 1, Integer::sum);
                if (call.accepted()) {
                    arrived.computeIfAbsent(post, none -> new HashSet<>()).add(call.sha256());
                } else if (call.status() == 400) {
                    refusedByCxone.add(post);
                }
                if (call.accepted() && call.status() == 0) {
                    answersLost.merge(key(call.interactionId(), call.part()), 1, Integer::sum);
                }
            }
            each(ledger, "SELECT interaction_id, part, detail FROM audit_event WHERE event = 'CLAIMED'", row -> {
                claims.merge(key(row.getString(1), row.getInt(2)), 1, Integer::sum);
                if (row.getString(3).contains("may-repeat")) {
                    marked.merge(key(row.getString(1), row.getInt(2)), 1, Integer::sum);
                }
            });
            long undecided = undecided(ledger, load);
            long repeats = 0;
            long ofAnswers = 0;
            long unmarked = 0;
            for (ReceivedPart delivery : site.cxone.deliveries()) {
                int again = delivery.count() - 1;
                String key = key(delivery.interactionId(), delivery.part());
                repeats += again;
                ofAnswers += Math.min(again, answersLost.getOrDefault(key, 0));
                int without = again - marked.getOrDefault(key, 0);
                if (without > 0) {
                    notes.add("unmarked: " + key);
                    unmarked += without;
                }
            }
            return new Verdict(
                    site.cxone.counts().posts(),
                    undecided,
                    repeats,
                    ofAnswers,
                    unmarked,
                    unaudited(ledger),
                    notArchived(ledger),
                    torn(),
                    misplaced(load),
                    chainFault(),
                    notes);
        }
    }

    private static String key(String interactionId, int part) {
        return part + "/" + interactionId;
    }

    /**
     * Dropped, and not whole at CXone; or refused by a rule, or as other content than CXone has, and not on record. To
     * the end comes a replay of all that was set aside, so that nothing but these may be left.
     */
    private long undecided(Connection ledger, Load load) throws SQLException {
        Set<String> open = new HashSet<>(load.good());
        Set<String> atCxone = new HashSet<>();
        site.cxone.deliveries().forEach(delivery -> atCxone.add(key(delivery.interactionId(), delivery.part())));
        Map<String, Set<Integer>> sent = new HashMap<>();
        each(ledger, "SELECT interaction_id, part, parts, state FROM delivery WHERE part > 0", row -> {
            String id = row.getString(1);
            int parts = row.getInt(3);
            if (row.getString(4).equals("SENT") && atCxone.contains(key(id, row.getInt(2)))) {
                sent.computeIfAbsent(id, none -> new HashSet<>()).add(row.getInt(2));
                if (sent.get(id).size() == parts) {
                    open.remove(id);
                }
            }
        });
        Set<String> refused = new HashSet<>(load.refused());
        each(
                ledger,
                "SELECT interaction_id FROM delivery WHERE part = 0 AND state = 'REJECTED'",
                row -> refused.remove(row.getString(1)));
        open.stream().limit(5).forEach(id -> notes.add("lost: " + id));
        refused.stream().limit(5).forEach(id -> notes.add("refused, not on record: " + id));
        Set<String> conflicts = new HashSet<>(load.otherContent());
        each(
                ledger,
                "SELECT interaction_id FROM delivery WHERE part = 0 AND state = 'CONFLICT'",
                row -> conflicts.remove(row.getString(1)));
        conflicts.stream().limit(5).forEach(id -> notes.add("other content, not on record: " + id));
        return open.size() + refused.size() + conflicts.size() + changed();
    }

    /** Other content in the place of what CXone has. What it refused meanwhile may be corrected, and is marked. */
    private long changed() {
        List<String> changed = arrived.keySet().stream()
                .filter(key -> arrived.get(key).size() > 1 && !refusedByCxone.contains(key))
                .toList();
        changed.forEach(key -> notes.add("other content sent: " + key));
        return changed.size();
    }

    /** Calls that CXone got, sign-ins included, and that are not on record. */
    private long unaudited(Connection ledger) throws SQLException {
        long[] signIns = {site.cxone.counts().signIns() + site.cxone.counts().signInsRefused()};
        each(
                ledger,
                "SELECT count(*) FROM audit_event WHERE event = 'CALLING' AND detail LIKE 'POST %/token%'",
                row -> signIns[0] -= row.getLong(1));
        long without = Math.max(0, signIns[0]);
        if (without > 0) {
            notes.add("unaudited sign-ins: " + without);
        }
        for (Map.Entry<String, Integer> post : posts.entrySet()) {
            int more = post.getValue() - claims.getOrDefault(post.getKey(), 0);
            if (more > 0) {
                notes.add("unaudited: " + post.getKey());
                without += more;
            }
        }
        return without;
    }

    /** Parts that were sent, and whose very bytes, as CXone got them, are not in an archive. */
    private long notArchived(Connection ledger) throws SQLException {
        List<String> missing = new ArrayList<>();
        each(
                ledger,
                "SELECT interaction_id, part, content_hash, archived_in FROM delivery WHERE state = 'SENT'",
                row -> {
                    String key = key(row.getString(1), row.getInt(2));
                    String hash = row.getString(3);
                    if (!arrived.getOrDefault(key, Set.of()).contains(hash) || !archived(row.getString(4), hash)) {
                        missing.add(key);
                    }
                });
        missing.stream().limit(5).forEach(key -> notes.add("not archived: " + key));
        return missing.size();
    }

    /** True when that place in one of the archives has that content. */
    private boolean archived(String place, String hash) {
        return place != null
                && site.instances().stream()
                        .map(data -> new ArchiveReader(data.resolve("archive")))
                        .anyMatch(kept -> {
                            try {
                                return Part.of("", "", 1, 1, 0, kept.read(place), List.of(), null)
                                        .hash()
                                        .equals(hash);
                            } catch (IOException e) {
                                return false;
                            }
                        });
    }

    /** Files under a final name that are not whole. */
    private long torn() throws IOException {
        long torn = 0;
        for (Path data : site.instances()) {
            for (String folder : List.of("archive", "dead-letters", "reports")) {
                for (Path file : files(data.resolve(folder))) {
                    torn += whole(file) ? 0 : 1;
                }
            }
        }
        return torn;
    }

    private boolean whole(Path file) {
        try {
            for (byte[] payload : payloads(file)) {
                if (!new ObjectMapper().readTree(payload).isObject()) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            notes.add("torn: " + file);
            return false;
        }
    }

    /** Files that are not in .done, once. */
    private long misplaced(Load load) throws IOException {
        Set<String> dropped = new HashSet<>(load.files());
        long wrong = 0;
        for (Path file : files(site.inbox)) {
            if (file.getFileName().toString().startsWith(".cxt-owner")) {
                continue; // whose the folder is
            }
            boolean done = file.getParent().endsWith(".done");
            if (!done || !dropped.remove(file.getFileName().toString())) {
                notes.add("misplaced: " + site.inbox.relativize(file));
                wrong++;
            }
        }
        return wrong + dropped.size();
    }

    /** What a file holds: one thing, or one for each line of a segment. Any unpacker has to find it whole. */
    private static List<byte[]> payloads(Path file) throws IOException {
        if (!file.toString().endsWith(".gz")) {
            return List.of(Files.readAllBytes(file));
        }
        try (InputStream segment = new GZIPInputStream(Files.newInputStream(file))) {
            return new String(segment.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.getBytes(StandardCharsets.UTF_8))
                    .toList();
        }
    }

    /** Without what a killed process left unfinished, and what it notes for the next. */
    private static List<Path> files(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> found = Files.walk(folder)) {
            return found.filter(Files::isRegularFile)
                    .filter(file -> !file.getParent().endsWith(".tmp")
                            && !file.getFileName().toString().startsWith(".open-")
                            && !file.endsWith(".erasing"))
                    .toList();
        }
    }

    private String chainFault() {
        LedgerSettings settings = new LedgerSettings(
                site.ledgerUrl(), site.ledgerUser(), site.ledgerUser() == null ? null : "postgres", site.data(0));
        try (LedgerView view = LedgerView.of(settings)) {
            return view.audit().verify(instances(site.data(0).getParent())).fault();
        }
    }

    /** The names of all instances whose folders are in one. */
    static Set<String> instances(Path in) {
        try (Stream<Path> files = Files.walk(in)) {
            Set<String> names = new TreeSet<>();
            for (Path file : files.filter(each -> each.endsWith("instance-id")).toList()) {
                names.add(Files.readString(file).strip());
            }
            return names;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface Row {
        void read(ResultSet row) throws SQLException;
    }

    private static void each(Connection ledger, String sql, Row reader) throws SQLException {
        try (Statement statement = ledger.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                reader.read(rows);
            }
        }
    }
}
