/**
 * How JSON is read: cut into records, decoded strictly, unescaped, made into transcripts.
 *
 * <p>Nothing here holds more than one record. Nothing here knows Camel, CXone or the ledger.
 */
@NullMarked
package io.cxt.json;

import org.jspecify.annotations.NullMarked;
