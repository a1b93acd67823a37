/**
 * What became of each delivery, and the audit chain that proves it.
 *
 * <p>Plain JDBC on SQLite or PostgreSQL. Nothing here knows Camel or HTTP.
 */
package io.cxt.ledger;
