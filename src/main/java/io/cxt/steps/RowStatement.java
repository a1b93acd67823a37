package io.cxt.steps;

import java.sql.SQLException;
import org.apache.camel.component.jdbc.DefaultJdbcPrepareStatementStrategy;
import org.jspecify.annotations.Nullable;

/** Replaces the names in a statement with question marks once, and not for each row: the statement stays the same. */
public final class RowStatement extends DefaultJdbcPrepareStatementStrategy {
    private record Prepared(String named, String numbered) {}

    private volatile @Nullable Prepared last;

    @Override
    public String prepareQuery(String query, boolean allowNamedParameters) throws SQLException {
        Prepared prepared = last;
        if (prepared == null || !query.equals(prepared.named)) {
            prepared = new Prepared(query, super.prepareQuery(query, allowNamedParameters));
            last = prepared;
        }
        return prepared.numbered;
    }
}
