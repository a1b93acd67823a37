package io.cxt.db;

import io.cxt.text.SafeName;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether a PostgreSQL holds every text. Ids and names of files come in any script, and one that has no place blocks its file. */
public final class TextEncoding {
    /** The second keeps the bytes that it is sent, and CXT sends UTF-8. */
    private static final Set<String> ALL = Set.of("UTF8", "SQL_ASCII");

    private TextEncoding() {}

    /** Why a database does not hold every text, and what to do, without a point; null when it does, or is no PostgreSQL. */
    public static @Nullable String fault(Connection connection) throws SQLException {
        if (!connection.getMetaData().getDatabaseProductName().equals("PostgreSQL")) {
            return null;
        }
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT current_database(), current_setting('server_encoding')")) {
            row.next();
            return ALL.contains(row.getString(2))
                    ? null
                    : ("the database %s has the encoding %s, which does not hold every name and id. Have another one made:"
                                    + " CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0. What is in the old one goes over"
                                    + " with pg_dump --encoding=UTF8 and psql")
                            .formatted(SafeName.log(row.getString(1)), row.getString(2));
        }
    }
}
