/**
 * A source while it is read: its transcripts one at a time, what is in flight of it, and when it is done.
 *
 * <p>The same for every pickup.
 */
package io.cxt.intake;
