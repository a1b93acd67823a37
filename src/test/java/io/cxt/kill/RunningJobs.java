package io.cxt.kill;

import io.cxt.fixture.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * At the begin of each round a job on all dead letters and one on a file of an old export; and whether all of them add up in the
 * end.
 */
final class RunningJobs {
    private static final String DECIDED =
            "sent + duplicate + rejected + failed + conflict + in_doubt + queued + excluded";
    private static final String[] COUNTED = {"transcripts", "bytes_read", "sent", "duplicate", "rejected", "failed"};

    /** Where they run. */
    interface Place {
        /** The folder of the instance. */
        Path data();

        String ledgerUrl();

        /** Null for SQLite. */
        String ledgerUser();

        Command.Ended cxt(String... arguments) throws Exception;
    }

    private final Place place;
    private final Path exports;
    private final Map<Path, String> content = new HashMap<>();
    private int started;
    private int killsOfLetters;
    private int killsOfFiles;

    /** @param exports a folder in {@code backfill.folders} */
    RunningJobs(Place place, Path exports) throws IOException {
        this.place = place;
        this.exports = Files.createDirectories(exports);
    }

    /** True once there is a ledger. */
    boolean possible() {
        return Files.exists(place.data().resolve("dead-letters"));
    }

    /** Starts one on all dead letters outside of a job. */
    void redrive() throws Exception {
        Command.Ended ended = place.cxt("jobs", "start", "redrive", "--share", "50%", "--stop-after", "0");
        if (ended.exit() != 0 && ended.exit() != 2) {
            throw new AssertionError("jobs start ended with " + ended.exit() + ": " + ended.err());
        }
        started += ended.exit() == 0 ? 1 : 0;
    }

    /** Starts one on a new file. */
    void backfill(String name, String lines) throws Exception {
        Path file = Files.writeString(exports.resolve(name + ".ndjson"), lines);
        content.put(file, lines);
        Command.Ended ended =
                place.cxt("jobs", "start", "backfill", file.toString(), "--share", "50%", "--stop-after", "0");
        if (ended.exit() != 0) {
            throw new AssertionError("jobs start ended with " + ended.exit() + ": " + ended.err());
        }
        started++;
    }

    /** Notes whether the kill met a letter or a file of a job in flight. */
    void killed() throws SQLException {
        if (started > 0) {
            killsOfLetters +=
                    rows("SELECT id FROM letter WHERE job_state = 'TAKEN'").isEmpty() ? 0 : 1;
            killsOfFiles +=
                    rows("SELECT path FROM job_source WHERE state = 'TAKEN'").isEmpty() ? 0 : 1;
        }
    }

    /** Jobs that have not ended, or whose counts are not those of their letters, files and transcripts. */
    List<String> wrong() throws SQLException, IOException {
        List<String> wrong = new ArrayList<>();
        rows("SELECT id FROM job WHERE ended_at IS NULL").forEach(id -> wrong.add("job not ended: " + id));
        rows("SELECT id FROM job WHERE kind = 'redrive' AND total <> left_alone + cancelled + " + DECIDED)
                .forEach(id -> wrong.add("job does not add up: " + id));
        rows("SELECT id FROM job WHERE kind = 'backfill' AND (total <> files + left_alone + cancelled OR left_alone > 0"
                        + " OR bytes <> bytes_read OR transcripts <> " + DECIDED + ")")
                .forEach(id -> wrong.add("back-fill does not add up: " + id));
        for (String column : COUNTED) {
            rows("SELECT job.id FROM job JOIN job_source ON job = job.id GROUP BY job.id, job." + column
                            + " HAVING job." + column + " <> sum(job_source." + column + ")")
                    .forEach(id -> wrong.add("files of back-fill do not add up: " + id + " " + column));
        }
        rows("SELECT source FROM intake WHERE door = 'backfill' AND closed_at IS NULL")
                .forEach(source -> wrong.add("not read to its end: " + source));
        rows("SELECT id FROM letter WHERE former IS NOT NULL").forEach(id -> wrong.add("file left of letter " + id));
        for (Map.Entry<Path, String> file : content.entrySet()) {
            if (!Files.readString(file.getKey()).equals(file.getValue())) {
                wrong.add("changed: " + file.getKey());
            }
        }
        return wrong;
    }

    private List<String> rows(String sql) throws SQLException {
        String password = place.ledgerUser() == null ? null : "postgres";
        List<String> found = new ArrayList<>();
        try (Connection ledger = DriverManager.getConnection(place.ledgerUrl(), place.ledgerUser(), password);
                Statement statement = ledger.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                found.add(row.getString(1));
            }
        }
        return found;
    }

    @Override
    public String toString() {
        return "%s jobs, of which kills met a letter in flight %s times and a file %s times"
                .formatted(started, killsOfLetters, killsOfFiles);
    }
}
