/**
 * The steps that the routes call by name, with plain signatures.
 *
 * <p>They decide nothing that another package could decide.
 */
@NullMarked
package io.cxt.steps;

import org.jspecify.annotations.NullMarked;
