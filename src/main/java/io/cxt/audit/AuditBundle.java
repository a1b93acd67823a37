package io.cxt.audit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cxt.audit.AuditChain.Head;
import io.cxt.db.LedgerSettings;
import io.cxt.db.Session;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A signed excerpt of the audit that can be checked without CXT; {@code docs/audit-format.md} has each byte of it. Of events and
 * checkpoints one line is in memory.
 */
public final class AuditBundle {
    private static final String FORM = "cxt-audit-1";
    private static final String[] NAMES = AuditChain.COLUMNS.split(", ");
    private static final String EVENTS =
            "SELECT " + AuditChain.COLUMNS + " FROM audit_event WHERE chain = ? AND seq > ? AND seq <= ? ORDER BY seq";

    private final LedgerSettings settings;
    private final SigningKey key;
    private final String from;
    private final String to;
    private final String made;
    private final JsonFactory json = new JsonFactory().disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    private final Map<String, Object> files = new LinkedHashMap<>();
    private final Map<String, Ran> ran = new LinkedHashMap<>();
    private long events;
    private long checkpoints;
    private @Nullable String fault;

    /**
     * An excerpt that is signed with the checkpoint key, which is made unless it is there.
     *
     * @param from the first moment
     * @param to the first moment after the last
     */
    public AuditBundle(LedgerSettings settings, Instant from, Instant to, Clock clock) throws IOException {
        this.settings = settings;
        this.from = AuditChain.time(from);
        this.to = AuditChain.time(to);
        made = AuditChain.time(clock.instant());
        key = SigningKey.readOrMake(settings.checkpointKeyFile());
    }

    /**
     * What a bundle holds.
     *
     * @param manifest SHA-256 of its manifest, which names all else
     * @param fault the first event that is not as it was written, in words; null when there is none
     */
    public record Written(
            int chains,
            long events,
            long checkpoints,
            String key,
            String manifest,
            @Nullable String fault) {}

    /** The part of a chain that is in the bundle: all after {@code before}, up to {@code last}. */
    private record Part(String chain, Head before, Head last) {}

    /** Where in a chain a configuration ran. */
    private record Ran(String config, String chain, long first, long last) {}

    /**
     * Writes the bundle. The session must show one moment.
     *
     * @param runs what would run now: settings, routes and their hashes
     * @throws UncheckedIOException when it cannot be written
     */
    public Written write(Session moment, Map<String, ?> runs, OutputStream out) throws SQLException {
        try {
            return zipped(moment, runs, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Written zipped(Session moment, Map<String, ?> runs, OutputStream out) throws IOException, SQLException {
        ZipOutputStream zip = new ZipOutputStream(out, StandardCharsets.UTF_8);
        List<Part> parts = new ArrayList<>();
        entry(zip, "events.ndjson", file -> {
            for (String chain : moment.list(AuditChain.NAMES, row -> row.getString(1))) {
                parts.add(events(moment, chain, file));
            }
        });
        entry(zip, "checkpoints", file -> {
            for (Part part : parts) {
                checkpoints(part, file);
            }
        });
        entry(zip, "key.pem", file -> file.write(key.publicHalf().getBytes(StandardCharsets.US_ASCII)));
        Map<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("form", FORM);
        manifest.put("from", from);
        manifest.put("to", to);
        manifest.put("made", made);
        manifest.put("chains", parts);
        manifest.put("configs", ran.values());
        manifest.put("now", runs);
        manifest.put("files", files);
        byte[] text = new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(manifest);
        entry(zip, "manifest.json", file -> file.write(text));
        String hash = HexFormat.of().formatHex(AuditChain.sha256().digest(text));
        String signed = FORM + " " + hash + " " + key.id() + " ";
        entry(
                zip,
                "manifest.sig",
                file -> file.write((signed + key.sign(signed) + "\n").getBytes(StandardCharsets.US_ASCII)));
        zip.finish();
        return new Written(parts.size(), events, checkpoints, key.id(), hash, fault);
    }

    /** Fills a file of the bundle. */
    private interface Filling {
        void writeTo(OutputStream file) throws IOException, SQLException;
    }

    private void entry(ZipOutputStream zip, String name, Filling filling) throws IOException, SQLException {
        MessageDigest digest = AuditChain.sha256();
        zip.putNextEntry(new ZipEntry(name));
        filling.writeTo(new DigestOutputStream(zip, digest));
        zip.closeEntry();
        files.put(name, HexFormat.of().formatHex(digest.digest()));
    }

    private Part events(Session session, String chain, OutputStream file) throws SQLException, IOException {
        // not by halving: a clock that was set back must hide no event
        long last = session.number(
                "SELECT seq FROM audit_event WHERE chain = ? AND at < ? ORDER BY seq DESC LIMIT 1", chain, to);
        long first = session.one(
                        "SELECT seq FROM audit_event WHERE chain = ? AND at >= ? ORDER BY seq LIMIT 1",
                        row -> row.getLong(1),
                        chain,
                        from)
                .orElse(last + 1);
        long seq = Math.min(first - 1, last);
        Head closed = session.one(
                        "SELECT seq, hash FROM audit_closing WHERE chain = ?",
                        row -> new Head(row.getLong(1), row.getString(2)),
                        chain)
                .orElse(Head.NONE);
        Head before = session.one(
                        "SELECT seq, hash FROM audit_event WHERE chain = ? AND seq = ?",
                        row -> new Head(row.getLong(1), row.getString(2)),
                        chain,
                        seq)
                .orElseGet(() -> closed);
        try (JsonGenerator line = json.createGenerator(file)) {
            line.setRootValueSeparator(null);
            Head[] at = {before};
            session.each(
                    EVENTS,
                    AuditCheck::columns,
                    row -> {
                        at[0] = event(row, at[0], line);
                    },
                    chain,
                    before.seq(),
                    last);
            if (at[0].seq() != Math.max(Math.max(last, seq), closed.seq()) && fault == null) {
                fault = "chain %s: event %s is missing".formatted(chain, at[0].seq() + 1);
            }
            return new Part(chain, before, at[0]);
        }
    }

    private Head event(@Nullable Object[] row, Head before, JsonGenerator line) {
        Head here = AuditCheck.head(row);
        if (fault == null) {
            fault = AuditCheck.fault(row, before, here);
        }
        String chain = String.valueOf(row[0]);
        String config = String.valueOf(row[AuditChain.HASH - 1]);
        ran.merge(
                chain + " " + config,
                new Ran(config, chain, here.seq(), here.seq()),
                (old, now) -> new Ran(config, chain, old.first, now.last));
        events++;
        try {
            line.writeStartObject();
            for (int i = 0; i < row.length; i++) {
                Object value = row[i];
                if (value instanceof Integer || value instanceof Long) {
                    line.writeNumberField(NAMES[i], ((Number) value).longValue());
                } else {
                    line.writeStringField(NAMES[i], value == null ? null : value.toString());
                }
            }
            line.writeEndObject();
            line.writeRaw('\n');
            return here;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void checkpoints(Part part, OutputStream file) throws IOException {
        if (!part.chain.matches(Checkpoint.CHAIN)) {
            return; // somebody has written it into the database; its name may lead anywhere
        }
        CheckpointFile kept = new CheckpointFile(settings.checkpointFolder(), part.chain);
        if (Files.notExists(kept.path())) {
            return; // another instance has them
        }
        try (CheckpointFile.Lines lines = kept.read()) {
            for (String line = lines.next(); line != null; line = lines.next()) {
                SignedLine signed = SignedLine.parse(line);
                if (signed == null || signed.seq() >= part.before.seq() && signed.seq() <= part.last.seq()) {
                    file.write((line + "\n").getBytes(StandardCharsets.ISO_8859_1));
                    checkpoints++;
                }
            }
        }
    }
}
