/**
 * Start, wiring, guards, reload of routes, health.
 *
 * <p>The one package that knows all others but {@code cli} and {@code embed}.
 */
@NullMarked
package io.cxt.runtime;

import org.jspecify.annotations.NullMarked;
