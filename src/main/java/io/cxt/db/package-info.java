/**
 * The database under ledger and audit: connections, schema, sessions, and the one writer that commits in groups.
 *
 * <p>Plain JDBC on SQLite or PostgreSQL. Knows nothing of what is stored.
 */
@NullMarked
package io.cxt.db;

import org.jspecify.annotations.NullMarked;
