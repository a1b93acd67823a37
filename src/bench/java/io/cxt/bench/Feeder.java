package io.cxt.bench;

import io.cxt.audit.FeedSource;
import io.cxt.ledger.Ledger;
import io.cxt.transcript.Part;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** Writes the audit feed: whatever waits goes into one transaction, and is then noted in the ledger. */
final class Feeder {
    private static final int MOST = 512;
    private static final Row END = new Row(null, null);

    private record Row(Part part, String conversation) {}

    private final BlockingQueue<Row> waiting = new ArrayBlockingQueue<>(MOST);
    private final Ledger ledger;
    private final FeedSource source;
    private final Thread writer = new Thread(this::write, "feed");

    Feeder(Ledger ledger) {
        this.ledger = ledger;
        source = ledger.feedSource();
        source.createTable();
        writer.start();
    }

    void add(Part part, String conversation) {
        put(new Row(part, conversation));
    }

    private void put(Row row) {
        try {
            waiting.put(row);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the benchmark", e);
        }
    }

    private void write() {
        List<Row> batch = new ArrayList<>();
        boolean ended = false;
        while (!ended) {
            try {
                batch.add(waiting.take());
                waiting.drainTo(batch);
                ended = batch.remove(END);
                insert(batch);
            } catch (SQLException | InterruptedException e) {
                throw new IllegalStateException("the feed cannot be written", e);
            }
            batch.forEach(row -> ledger.deliveries().fed(row.part()));
            batch.clear();
        }
    }

    private void insert(List<Row> batch) throws SQLException {
        if (batch.isEmpty()) {
            return;
        }
        try (Connection connection = source.getConnection();
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO audit_record (delivery_key, status, conversation_id, interaction_id, part, parts,"
                                + " archive_success, error, timestamp) VALUES (?, 'injected', ?, ?, ?, ?, 1, NULL, ?)"
                                + " ON CONFLICT (delivery_key) DO NOTHING")) {
            for (Row row : batch) {
                Part part = row.part();
                insert.setString(
                        1, part.origin().intakeId() + "/" + part.origin().index() + "/" + part.part());
                insert.setString(2, row.conversation());
                insert.setString(3, part.interactionId());
                insert.setInt(4, part.part());
                insert.setInt(5, part.parts());
                insert.setString(6, Instant.now().toString());
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    /** Returns when all that was added is on the disk. */
    void end() throws InterruptedException {
        put(END);
        writer.join();
    }
}
