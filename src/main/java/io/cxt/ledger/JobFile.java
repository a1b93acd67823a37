package io.cxt.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A file of a job.
 *
 * @param seq its place in the job
 * @param state {@link JobLetter#WAITING}, {@link JobLetter#TAKEN}, {@link #DONE}, {@link JobLetter#LEFT_ALONE} or
 *     {@link JobLetter#CANCELLED}
 * @param why it is left alone; null when it is not
 */
public record JobFile(
        long job,
        long seq,
        ExportFile file,
        String state,
        @Nullable String why) implements JobItem {
    /** It was read to its end, and each of its transcripts is decided. */
    public static final String DONE = "done";

    /** The columns that {@link #read} needs, in its order. */
    static final String COLUMNS = "job, seq, path, source, bytes, modified, state, why";

    static JobFile read(ResultSet row) throws SQLException {
        return new JobFile(
                row.getLong(1),
                row.getLong(2),
                new ExportFile(row.getString(3), row.getString(4), row.getLong(5), row.getLong(6)),
                row.getString(7),
                row.getString(8));
    }

    @Override
    public String id() {
        return job + "/" + seq;
    }

    @Override
    public boolean taken() {
        return state.equals(JobLetter.TAKEN);
    }
}
