/**
 * An open source: its transcripts one at a time, what of it is in flight, and when it is released.
 *
 * <p>The same for every pickup. Knows nothing of Camel.
 */
@NullMarked
package io.cxt.intake;

import org.jspecify.annotations.NullMarked;
