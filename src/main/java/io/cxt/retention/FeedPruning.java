package io.cxt.retention;

import io.cxt.audit.FeedSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Rows of the audit feed: old ones, by their column {@code timestamp}, and those of one interaction. Some rows in a transaction, so that the feed waits for none. */
final class FeedPruning {
    private static final int PORTION = 5_000;

    private FeedPruning() {}

    static long count(FeedSource feed, Instant before) throws SQLException {
        try (Connection connection = feed.getConnection();
                PreparedStatement question =
                        connection.prepareStatement("SELECT count(*) FROM audit_record WHERE timestamp < ?")) {
            question.setString(1, before.toString());
            try (ResultSet count = question.executeQuery()) {
                count.next();
                return count.getLong(1);
            }
        }
    }

    static void delete(FeedSource feed, Instant before) throws SQLException {
        String from = "";
        for (String to = end(feed, from); to != null; to = end(feed, from)) {
            try (Connection connection = feed.getConnection();
                    PreparedStatement delete = connection.prepareStatement("DELETE FROM audit_record"
                            + " WHERE delivery_key > ? AND delivery_key <= ? AND timestamp < ?")) {
                connection.setAutoCommit(false);
                delete.setString(1, from);
                delete.setString(2, to);
                delete.setString(3, before.toString());
                delete.executeUpdate();
                connection.commit();
            }
            from = to;
        }
    }

    /** How many rows an interaction has. */
    static long count(FeedSource feed, String interactionId) throws SQLException {
        try (Connection connection = feed.getConnection();
                PreparedStatement question =
                        connection.prepareStatement("SELECT count(*) FROM audit_record WHERE interaction_id = ?")) {
            question.setString(1, interactionId);
            try (ResultSet count = question.executeQuery()) {
                count.next();
                return count.getLong(1);
            }
        }
    }

    /** Deletes the rows of an interaction; says how many. */
    static long delete(FeedSource feed, String interactionId) throws SQLException {
        try (Connection connection = feed.getConnection();
                PreparedStatement delete =
                        connection.prepareStatement("DELETE FROM audit_record WHERE interaction_id = ?")) {
            connection.setAutoCommit(false);
            delete.setString(1, interactionId);
            long deleted = delete.executeUpdate();
            connection.commit();
            return deleted;
        }
    }

    /** The last key of a portion behind one; null when there is none. */
    private static @Nullable String end(FeedSource feed, String from) throws SQLException {
        try (Connection connection = feed.getConnection();
                PreparedStatement question = connection.prepareStatement("SELECT max(delivery_key) FROM (SELECT"
                        + " delivery_key FROM audit_record WHERE delivery_key > ? ORDER BY delivery_key LIMIT "
                        + PORTION
                        + ") portion")) {
            question.setString(1, from);
            try (ResultSet last = question.executeQuery()) {
                return last.next() ? last.getString(1) : null;
            }
        }
    }
}
