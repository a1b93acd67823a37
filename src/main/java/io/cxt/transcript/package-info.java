/**
 * What a transcript is, when it is acceptable, and how it is cut into parts.
 *
 * <p>Nothing here knows Camel, CXone's field names, or the ledger.
 */
@NullMarked
package io.cxt.transcript;

import org.jspecify.annotations.NullMarked;
