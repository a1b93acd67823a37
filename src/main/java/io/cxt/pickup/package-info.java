/**
 * What the pickups share: one ledger for each folder, files that stand still, files that are ignored, readings that end
 * with their exchange.
 *
 * <p>Each pickup has a package of its own below this one, named like its route.
 */
@NullMarked
package io.cxt.pickup;

import org.jspecify.annotations.NullMarked;
