/**
 * Chats in other people's formats, turned into our own form while they are read: tables with a row per message, and
 * JSON by a template that a user writes. What comes out goes through the same grammar and rules as everything else.
 *
 * <p>Nothing here knows Camel, CXone's field names, or the ledger.
 */
@NullMarked
package io.cxt.mapping;

import org.jspecify.annotations.NullMarked;
