/**
 * What the routes call by name, with plain signatures.
 *
 * <p>Together with the entry points the only place that knows Camel. Nothing is decided here that another package
 * could decide.
 */
package io.cxt.steps;
