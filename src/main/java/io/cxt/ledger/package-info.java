/**
 * What became of each part and each source: their rows, states and look-ups, held against the audit.
 *
 * <p>Plain JDBC through {@code db}. Nothing here knows Camel or HTTP.
 */
@NullMarked
package io.cxt.ledger;

import org.jspecify.annotations.NullMarked;
