/**
 * What became of a chat, in sentences, from ledger and audit: for the command and the console.
 */
@NullMarked
package io.cxt.story;

import org.jspecify.annotations.NullMarked;
