package io.cxt.kill;

import io.cxt.fixture.Command;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** A job on all dead letters at the begin of each round, and whether all of them add up in the end. */
final class RunningJobs {
    private static final String SUM =
            "sent + duplicate + rejected + failed + conflict + in_doubt + queued + excluded + left_alone + cancelled";

    private final Site site;
    private int started;
    private int killsOfOne;

    RunningJobs(Site site) {
        this.site = site;
    }

    /** Does nothing while there is no dead letter outside of a job. */
    void start() throws Exception {
        if (Files.notExists(site.data(0).resolve("dead-letters"))) {
            return;
        }
        Command.Ended ended = site.cxt(0, "jobs", "start", "redrive", "--share", "50%", "--stop-after", "0");
        if (ended.exit() != 0 && ended.exit() != 2) {
            throw new AssertionError("jobs start ended with " + ended.exit() + ": " + ended.err());
        }
        started += ended.exit() == 0 ? 1 : 0;
    }

    /** Notes whether the kill met a letter of a job in flight. */
    void killed() throws SQLException {
        killsOfOne += started == 0
                        || rows("SELECT id FROM letter WHERE job_state = 'TAKEN'")
                                .isEmpty()
                ? 0
                : 1;
    }

    /** Jobs that have not ended, or whose counts are not those of their letters. */
    List<String> wrong() throws SQLException {
        List<String> wrong = new ArrayList<>();
        rows("SELECT id FROM job WHERE ended_at IS NULL").forEach(id -> wrong.add("job not ended: " + id));
        rows("SELECT id FROM job WHERE total <> " + SUM).forEach(id -> wrong.add("job does not add up: " + id));
        rows("SELECT id FROM letter WHERE former IS NOT NULL").forEach(id -> wrong.add("file left of letter " + id));
        return wrong;
    }

    private List<String> rows(String sql) throws SQLException {
        String password = site.ledgerUser() == null ? null : "postgres";
        List<String> found = new ArrayList<>();
        try (Connection ledger = DriverManager.getConnection(site.ledgerUrl(), site.ledgerUser(), password);
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
        return started + " jobs, of which a kill met a letter in flight " + killsOfOne + " times";
    }
}
