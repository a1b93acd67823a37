/**
 * What the routes call by name, with plain signatures.
 *
 * <p>Nothing is decided here that another package could decide.
 */
@NullMarked
package io.cxt.steps;

import org.jspecify.annotations.NullMarked;
