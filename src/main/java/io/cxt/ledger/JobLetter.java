package io.cxt.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * A letter of a job.
 *
 * @param state {@link #WAITING}, {@link #TAKEN}, or the word for what became of it
 */
public record JobLetter(RecordedLetter letter, String state) implements JobItem {
    /** Nothing was done with it. */
    public static final String WAITING = "WAITING";

    /** It is on record as replayed, and not decided. */
    public static final String TAKEN = "TAKEN";

    /** It stays a dead letter, and no call was made: it cannot, or must not, be sent. */
    public static final String LEFT_ALONE = "left-alone";

    /** In lists: it was left alone because somebody had removed its files. */
    public static final String GONE = "files-gone";

    /** The job was cancelled before its turn. */
    public static final String CANCELLED = "cancelled";

    static JobLetter read(ResultSet row) throws SQLException {
        return new JobLetter(RecordedLetter.read(row), row.getString("job_state"));
    }

    @Override
    public String id() {
        return letter.id();
    }

    @Override
    public boolean taken() {
        return state.equals(TAKEN);
    }
}
