/**
 * What the pickups share: one ledger for each folder, files that stand still, files that are ignored.
 *
 * <p>Each way in has a package of its own below this one, named like its route.
 */
package io.cxt.pickup;
