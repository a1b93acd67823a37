package io.cxt.transcript;

import java.io.Closeable;
import java.util.Iterator;

/**
 * The transcripts of one source, one at a time, whatever form the source has. A bad transcript is an entry; a source
 * that could not be read on is an {@link java.io.UncheckedIOException}. Closing it closes the source.
 *
 * <p>Several threads may use it, one after the other.
 */
public interface EntryReader extends Iterator<Entry>, Closeable {}
