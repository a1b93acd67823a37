/**
 * The audit chain: its events, their hashes, signed checkpoints and their copies, bundles, the log of what operators did, and the
 * feed.
 *
 * <p>Nothing here knows Camel. {@code CopyPlace} alone speaks HTTP, and not with CXone.
 */
@NullMarked
package io.cxt.audit;

import org.jspecify.annotations.NullMarked;
