/**
 * What is taken out of chats before anything of them is kept or sent: the policy, its rules, and how they are applied to a
 * transcript, to text that could not be read as one, and to a stream.
 *
 * <p>Nothing here knows Camel or the ledger, and no value that was found leaves it.
 */
@NullMarked
package io.cxt.redaction;

import org.jspecify.annotations.NullMarked;
