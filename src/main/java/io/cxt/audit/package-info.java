/**
 * The audit chain: its events, their hashes, signed checkpoints, the log of what operators did, and the feed.
 *
 * <p>Nothing here knows Camel or HTTP.
 */
@NullMarked
package io.cxt.audit;

import org.jspecify.annotations.NullMarked;
