/**
 * The console: pages for a browser over ledger, audit and settings, with the same as JSON. It only reads.
 *
 * <p>Knows no Camel. In the second jar; only {@code cli} knows it.
 */
@NullMarked
package io.cxt.console;

import org.jspecify.annotations.NullMarked;
