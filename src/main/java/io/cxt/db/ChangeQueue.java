package io.cxt.db;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The changes that a session has queued, by statement; those of one row in their order. */
public final class ChangeQueue {
    private final Session session;
    private final List<Batch> batches = new ArrayList<>();
    /** The batch with the last change of a row. */
    private final Map<Object, Integer> lastOfRow = new HashMap<>();

    private record Batch(String sql, List<Change> changes) {}

    ChangeQueue(Session session) {
        this.session = session;
    }

    /** A change that waits for its turn. */
    public final class Change {
        private final @Nullable Object[] values;
        private @Nullable Integer rows;

        private Change(@Nullable Object[] values) {
            this.values = values;
        }

        /**
         * How many rows it changed; sends what is queued if need be.
         *
         * @throws SQLException when the driver does not say so for several at once; each alone is counted
         */
        public int rows() throws SQLException {
            if (rows == null) {
                send();
            }
            if (rows == null || rows < 0) {
                throw new SQLException("the driver does not count what each statement of a batch changed");
            }
            return rows;
        }
    }

    Change add(@Nullable Object row, String sql, @Nullable Object... values) {
        int place = row == null ? 0 : lastOfRow.getOrDefault(row, 0);
        while (place < batches.size() && !batches.get(place).sql.equals(sql)) {
            place++;
        }
        if (place == batches.size()) {
            batches.add(new Batch(sql, new ArrayList<>()));
        }
        if (row != null) {
            lastOfRow.put(row, place);
        }
        Change change = new Change(values);
        batches.get(place).changes.add(change);
        return change;
    }

    void drop() {
        batches.clear();
        lastOfRow.clear();
    }

    void send() throws SQLException {
        if (batches.isEmpty()) {
            return;
        }
        List<Batch> due = List.copyOf(batches);
        drop();
        for (Batch batch : due) {
            int[] rows = session.batch(
                    batch.sql,
                    batch.changes.stream().map(change -> change.values).toList());
            for (int i = 0; i < rows.length; i++) {
                batch.changes.get(i).rows = rows[i];
            }
        }
    }
}
